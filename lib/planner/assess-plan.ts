import { toAbilities } from './gpu-catalogue'
import { GIB } from './measured-memory'
import type { PlanInput } from './plan-input'
import { type PlanMemory, toBlockTokens, toPlanMemory } from './plan-memory'

export const VERDICTS = ['fits', 'tight', 'does-not-fit'] as const

export type Verdict = (typeof VERDICTS)[number]

export const PROBLEM_CODES = [
  'heads-not-divisible',
  'context-above-model',
  'batched-below-seqs',
  'quantization-unsupported',
  'no-kv-memory',
  'kv-too-small',
  'kv-only-warm',
  'graphs-over-card',
  'serving-over-card',
  'workload-over-context',
  'workload-over-kv',
  'kv-fp8-unsupported',
  'bf16-falls-back',
  'fp8-weights-only',
] as const

export type ProblemCode = (typeof PROBLEM_CODES)[number]

/** `fatal`: vLLM refuses to start or dies of it; `tight`: it runs, with a risk or a queue; `note`: good to know. */
export type Problem = {
  code: ProblemCode
  level: 'fatal' | 'tight' | 'note'
  values: Record<string, string | number>
}

export type WorkloadNeed = { tokensPerChat: number; totalTokens: number }

export type Assessment = {
  memory: PlanMemory
  need: WorkloadNeed
  problems: Problem[]
  verdict: Verdict
}

/** Two decimals of GiB, as vLLM prints them. */
export function toGib(bytes: number): number {
  return Math.round((bytes / GIB) * 100) / 100
}

/** At the end of its last turn a conversation holds every question and answer; blocks are whole. */
function toWorkloadNeed({ workload }: Pick<PlanInput, 'workload'>): WorkloadNeed {
  const { users, promptTokens, answerTokens, turns } = workload
  const tokensPerChat = turns * (promptTokens + answerTokens)
  return { tokensPerChat, totalTokens: users * toBlockTokens(tokensPerChat) }
}

export function assessPlan(input: PlanInput): Assessment {
  const memory = toPlanMemory(input)
  const need = toWorkloadNeed(input)
  const problems = [
    ...findShapeProblems(input),
    ...findMemoryProblems({ input, memory }),
    ...findCardProblems(memory),
    ...findWorkloadProblems({ input, memory, need }),
    ...findAbilityProblems(input),
  ]
  return { memory, need, problems, verdict: toVerdict(problems) }
}

function toVerdict(problems: readonly Problem[]): Verdict {
  if (problems.some(({ level }) => level === 'fatal')) return 'does-not-fit'
  return problems.some(({ level }) => level === 'tight') ? 'tight' : 'fits'
}

function findShapeProblems(input: PlanInput): Problem[] {
  const { shape, gpuCount, maxModelLen, maxNumSeqs, maxNumBatchedTokens } = input
  const problems: Problem[] = []
  const { attentionHeads, kvHeads, maxContextTokens } = shape
  const isShared = kvHeads % gpuCount === 0 || gpuCount % kvHeads === 0
  if (attentionHeads % gpuCount !== 0 || !isShared) {
    problems.push({
      code: 'heads-not-divisible',
      level: 'fatal',
      values: { attentionHeads, kvHeads, gpuCount },
    })
  }
  if (maxModelLen > maxContextTokens) {
    problems.push({
      code: 'context-above-model',
      level: 'fatal',
      values: { maxModelLen, modelMax: maxContextTokens },
    })
  }
  if (maxNumBatchedTokens < maxNumSeqs) {
    problems.push({
      code: 'batched-below-seqs',
      level: 'fatal',
      values: { maxNumBatchedTokens, maxNumSeqs },
    })
  }
  return problems
}

function findMemoryProblems({
  input,
  memory,
}: {
  input: PlanInput
  memory: PlanMemory
}): Problem[] {
  const { availableColdBytes, availableWarmBytes, neededBytes } = memory
  const values = {
    maxModelLen: input.maxModelLen,
    neededGib: toGib(neededBytes),
    availableGib: toGib(availableColdBytes),
    availableWarmGib: toGib(availableWarmBytes),
    tokensThatFit: memory.kvTokensCold,
  }
  if (memory.kvTokensWarm === 0) return [{ code: 'no-kv-memory', level: 'fatal', values }]
  if (neededBytes <= memory.kvTokensCold * memory.kvBytesPerToken) return []
  const fitsWarm = neededBytes <= memory.kvTokensWarm * memory.kvBytesPerToken
  return [{ code: fitsWarm ? 'kv-only-warm' : 'kv-too-small', level: 'fatal', values }]
}

function findCardProblems(memory: PlanMemory): Problem[] {
  const { totalBytes, budgetBytes, graphBytes, freeBytes } = memory
  const overGraphs = budgetBytes + graphBytes - totalBytes
  if (overGraphs > 0) {
    return [{ code: 'graphs-over-card', level: 'fatal', values: { overGib: toGib(overGraphs) } }]
  }
  if (freeBytes >= 0) return []
  return [{ code: 'serving-over-card', level: 'tight', values: { overGib: toGib(-freeBytes) } }]
}

function findWorkloadProblems(options: {
  input: PlanInput
  memory: PlanMemory
  need: WorkloadNeed
}): Problem[] {
  const { input, memory, need } = options
  const problems: Problem[] = []
  if (need.tokensPerChat > input.maxModelLen) {
    problems.push({
      code: 'workload-over-context',
      level: 'tight',
      values: { tokensPerChat: need.tokensPerChat, maxModelLen: input.maxModelLen },
    })
  }
  if (need.totalTokens > memory.kvTokensCold) {
    problems.push({
      code: 'workload-over-kv',
      level: 'tight',
      values: {
        users: input.workload.users,
        totalTokens: need.totalTokens,
        tokensThatFit: memory.kvTokensCold,
      },
    })
  }
  return problems
}

function findAbilityProblems({ gpu, weights, kvCacheDtype }: PlanInput): Problem[] {
  const abilities = toAbilities(gpu)
  const problems: Problem[] = []
  const is16Bit = weights === 'bf16' || weights === 'fp16'
  const values = { gpu: gpu.name, capability: gpu.computeCapability ?? 0 }
  if (!is16Bit && !abilities.canQuantize) {
    problems.push({ code: 'quantization-unsupported', level: 'fatal', values })
  }
  if (kvCacheDtype === 'fp8' && !abilities.canFp8Kv) {
    problems.push({ code: 'kv-fp8-unsupported', level: 'tight', values })
  }
  if (weights === 'bf16' && !abilities.canBf16) {
    problems.push({ code: 'bf16-falls-back', level: 'note', values })
  }
  if (weights === 'fp8' && !abilities.canFp8) {
    problems.push({ code: 'fp8-weights-only', level: 'note', values })
  }
  return problems
}
