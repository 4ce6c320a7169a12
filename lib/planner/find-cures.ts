import { type Assessment, assessPlan, type Verdict } from './assess-plan'
import { GPUS, toAbilities } from './gpu-catalogue'
import {
  GIB,
  toBatchDefaults,
  toGraphBytes,
  toSafeUtilization,
  toServingBytes,
} from './measured-memory'
import type { KvCacheDtype, WeightFormat } from './model-shape'
import { GPU_COUNTS, type PlanInput } from './plan-input'

export type Change =
  | { kind: 'max-model-len'; value: number }
  | { kind: 'kv-cache-dtype'; value: KvCacheDtype }
  | { kind: 'weights'; value: WeightFormat }
  | { kind: 'utilization'; value: number }
  | { kind: 'max-num-batched-tokens'; value: number }
  | { kind: 'gpu-count'; value: number }
  | { kind: 'gpu'; value: string }

export type Cure = {
  changes: Change[]
  verdict: Exclude<Verdict, 'does-not-fit'>
  input: PlanInput
}

const MOST_CURES = 3

/** Below it a chat is hardly of use: the length is then not what should give. */
const LEAST_CONTEXT = 2048

export function applyChange({ input, change }: { input: PlanInput; change: Change }): PlanInput {
  switch (change.kind) {
    case 'max-model-len':
      return { ...input, maxModelLen: change.value }
    case 'kv-cache-dtype':
      return { ...input, kvCacheDtype: change.value }
    case 'weights':
      return { ...input, weights: change.value }
    case 'utilization':
      return { ...input, gpuMemoryUtilization: change.value }
    case 'max-num-batched-tokens':
      return { ...input, maxNumBatchedTokens: change.value }
    case 'gpu-count':
      return { ...input, gpuCount: change.value }
    case 'gpu': {
      const gpu = GPUS.find(({ name }) => name === change.value) ?? input.gpu
      const { maxNumSeqs } = input
      const gpuMemoryUtilization = toSafeUtilization({ gpu, maxNumSeqs })
      return { ...input, gpu, gpuMemoryUtilization }
    }
  }
}

/**
 * What makes the plan fit, cheapest first: a shorter context, an fp8 cache, smaller weights, another
 * share of the card, more cards, a larger card; where none does it alone, several together. Empty
 * when it fits already. Where nothing reaches `fits`, what reaches `tight` is given.
 */
export function findCures(input: PlanInput): Cure[] {
  const { verdict } = assessPlan(input)
  if (verdict === 'fits') return []
  const tried = [...listSingle(input), ...listTogether(input), ...listLarger(input)].map(
    (changes) => {
      const changed = changes.reduce((at, change) => applyChange({ input: at, change }), input)
      return { changes, input: changed, verdict: assessPlan(changed).verdict }
    },
  )
  const cures = tried.filter((cure): cure is Cure => cure.verdict !== 'does-not-fit')
  const whole = cures.filter((cure) => cure.verdict === 'fits')
  const better = whole.length > 0 || verdict === 'tight' ? whole : cures
  return better.slice(0, MOST_CURES)
}

function listSingle(input: PlanInput): Change[][] {
  return [
    ...listContexts(input),
    ...listKvDtype(input),
    ...listWeights(input),
    ...listBatch(input),
    ...listUtilizations(input),
    ...listCounts(input),
  ].map((change) => [change])
}

/** The cheap ones one upon the other, each time with the context that then fits. */
function listTogether(input: PlanInput): Change[][] {
  const steps = [...listUtilizations(input), ...listKvDtype(input), ...listWeights(input).slice(-1)]
  const together: Change[][] = []
  let changes: Change[] = []
  let at = input
  for (const change of steps) {
    changes = [...changes, change]
    at = applyChange({ input: at, change })
    if (changes.length > 1) together.push(changes)
    for (const context of listContexts(at)) together.push([...changes, context])
  }
  return together.sort((a, b) => a.length - b.length)
}

/** The smallest card of the catalogue that does it, with as many of them. */
function listLarger(input: PlanInput): Change[][] {
  return GPUS.filter(({ memoryGib }) => memoryGib > input.gpu.memoryGib * 1.05)
    .sort((a, b) => a.memoryGib - b.memoryGib)
    .map(({ name }): Change[] => [{ kind: 'gpu', value: name }])
    .filter(
      ([change]) =>
        change !== undefined && assessPlan(applyChange({ input, change })).verdict === 'fits',
    )
    .slice(0, 1)
}

function listContexts(input: PlanInput): Change[] {
  const { memory, need, problems }: Assessment = assessPlan(input)
  const largest = Math.min(memory.kvTokensCold, input.shape.maxContextTokens)
  const isTooLong = problems.some(({ code }) =>
    ['context-above-model', 'kv-too-small', 'kv-only-warm', 'no-kv-memory'].includes(code),
  )
  if (isTooLong) {
    const value = largest - (largest % 1024)
    return value >= LEAST_CONTEXT && value < input.maxModelLen
      ? [{ kind: 'max-model-len', value }]
      : []
  }
  const wanted = Math.ceil(need.tokensPerChat / 1024) * 1024
  return wanted > input.maxModelLen && wanted <= largest
    ? [{ kind: 'max-model-len', value: wanted }]
    : []
}

function listKvDtype({ gpu, kvCacheDtype }: PlanInput): Change[] {
  const { canFp8Kv } = toAbilities(gpu)
  if (kvCacheDtype === 'fp8') return canFp8Kv ? [] : [{ kind: 'kv-cache-dtype', value: 'auto' }]
  return canFp8Kv ? [{ kind: 'kv-cache-dtype', value: 'fp8' }] : []
}

function listWeights({ gpu, weights }: PlanInput): Change[] {
  const { canFp8, canQuantize } = toAbilities(gpu)
  if (weights === 'awq' || weights === 'gptq' || !canQuantize) return []
  const smaller: WeightFormat[] = weights === 'fp8' || !canFp8 ? ['awq'] : ['fp8', 'awq']
  return smaller.map((value) => ({ kind: 'weights', value }))
}

function listBatch(input: PlanInput): Change[] {
  const value = toBatchDefaults(input.gpu).maxNumBatchedTokens
  const isOff = input.maxNumBatchedTokens > value || input.maxNumBatchedTokens < input.maxNumSeqs
  return isOff ? [{ kind: 'max-num-batched-tokens', value }] : []
}

/** The recommended share, and the highest that still leaves room for graphs and serving. */
function listUtilizations(input: PlanInput): Change[] {
  const { gpu, maxNumSeqs, gpuMemoryUtilization } = input
  const outsideGib = (toGraphBytes(maxNumSeqs) + toServingBytes()) / GIB
  const highest = Math.floor(((gpu.memoryGib - outsideGib) / gpu.memoryGib) * 100) / 100
  const safe = toSafeUtilization({ gpu, maxNumSeqs })
  const shares = [safe, Math.min(0.95, highest)]
  return [...new Set(shares)]
    .filter((value) => value > 0 && value !== gpuMemoryUtilization)
    .map((value) => ({ kind: 'utilization', value }))
}

function listCounts(input: PlanInput): Change[] {
  const isUneven = input.shape.attentionHeads % input.gpuCount !== 0
  return GPU_COUNTS.filter((count) => count > input.gpuCount || isUneven).map((value) => ({
    kind: 'gpu-count',
    value,
  }))
}
