import { toGib, type WorkloadNeed } from './assess-plan'
import { countKvHeadsPerGpu, countWeights, toBytesPerLinearWeight } from './count-weights'
import { GIB, isMeasured } from './measured-memory'
import type { PlanInput } from './plan-input'
import type { PlanMemory } from './plan-memory'

export const FIGURE_NAMES = [
  'weightsBytesPerGpu',
  'kvBytesPerTokenPerGpu',
  'budgetBytesPerGpu',
  'activationBytesPerGpu',
  'nonTorchBytesPerGpu',
  'availableKvBytesPerGpu',
  'kvTokensColdStart',
  'kvTokensWarmStart',
  'longestContextTokens',
  'contextKvBytesPerGpu',
  'workloadTokens',
  'graphBytesPerGpu',
  'servingBytesPerGpu',
  'freeBytesPerGpu',
] as const

export type FigureName = (typeof FIGURE_NAMES)[number]

/** Where a figure comes from: the sentence is `plan.sources.<source>`. */
export type FigureSource = 'shapes' | 'measured' | 'engine' | 'input' | 'allowance'

export type Figure = {
  name: FigureName
  value: number
  unit: 'bytes' | 'tokens'
  /** What stands in its formula, `plan.figures.<name>.formula`. */
  values: Record<string, string | number>
  source: FigureSource
  isEstimate: boolean
}

type Facts = { input: PlanInput; memory: PlanMemory; need: WorkloadNeed }

export function toFigures(facts: Facts): Figure[] {
  return [...toModelFigures(facts), ...toCacheFigures(facts), ...toOutsideFigures(facts)]
}

function toModelFigures({ input, memory }: Facts): Figure[] {
  const { shape, gpuCount, weights: format, groupSize } = input
  const { linear, kept } = countWeights({ shape, gpuCount })
  const isEstimate = !isMeasured(input)
  return [
    {
      name: 'weightsBytesPerGpu',
      value: memory.weightsBytes,
      unit: 'bytes',
      values: {
        linear,
        kept,
        bytesPerWeight: round(toBytesPerLinearWeight({ format, groupSize })),
        beyondGib: toGib(memory.weightsBytes - memory.parameterBytes),
      },
      source: 'shapes',
      isEstimate,
    },
    {
      name: 'kvBytesPerTokenPerGpu',
      value: memory.kvBytesPerToken,
      unit: 'bytes',
      values: {
        kvHeads: countKvHeadsPerGpu({ shape, gpuCount }),
        headDim: shape.headDim,
        bytesPerNumber: input.kvCacheDtype === 'fp8' ? 1 : 2,
        layers: shape.layers,
      },
      source: 'shapes',
      isEstimate: false,
    },
    {
      name: 'budgetBytesPerGpu',
      value: memory.budgetBytes,
      unit: 'bytes',
      values: { utilization: input.gpuMemoryUtilization, totalGib: input.gpu.memoryGib },
      source: 'engine',
      isEstimate: input.gpu.memorySource === 'estimate',
    },
    {
      name: 'activationBytesPerGpu',
      value: memory.activationColdBytes,
      unit: 'bytes',
      values: {
        batchedTokens: input.maxNumBatchedTokens,
        warmGib: toGib(memory.activationWarmBytes),
      },
      source: 'measured',
      isEstimate,
    },
    {
      name: 'nonTorchBytesPerGpu',
      value: memory.nonTorchBytes,
      unit: 'bytes',
      values: { gpuCount },
      source: gpuCount > 1 ? 'allowance' : 'measured',
      isEstimate: isEstimate || gpuCount > 1,
    },
  ]
}

function toCacheFigures({ input, memory, need }: Facts): Figure[] {
  const isEstimate = !isMeasured(input) || input.gpuCount > 1
  const { kvBytesPerToken } = memory
  const { users, turns, promptTokens, answerTokens } = input.workload
  const tokens = { unit: 'tokens', source: 'engine', isEstimate } as const
  return [
    {
      name: 'availableKvBytesPerGpu',
      value: memory.availableColdBytes,
      unit: 'bytes',
      values: {
        budgetGib: toGib(memory.budgetBytes),
        weightsGib: toGib(memory.weightsBytes),
        activationGib: toGib(memory.activationColdBytes),
        nonTorchGib: toGib(memory.nonTorchBytes),
      },
      source: 'engine',
      isEstimate,
    },
    {
      ...tokens,
      name: 'kvTokensColdStart',
      value: memory.kvTokensCold,
      values: { availableGib: toGib(memory.availableColdBytes), kvBytesPerToken },
    },
    {
      ...tokens,
      name: 'kvTokensWarmStart',
      value: memory.kvTokensWarm,
      values: { availableGib: toGib(memory.availableWarmBytes), kvBytesPerToken },
    },
    {
      ...tokens,
      name: 'longestContextTokens',
      value: Math.min(memory.kvTokensCold, input.shape.maxContextTokens),
      values: {
        tokensThatFit: memory.kvTokensCold,
        modelMax: input.shape.maxContextTokens,
      },
    },
    {
      name: 'contextKvBytesPerGpu',
      value: memory.neededBytes,
      unit: 'bytes',
      values: { maxModelLen: input.maxModelLen, kvBytesPerToken },
      source: 'engine',
      isEstimate: false,
    },
    {
      name: 'workloadTokens',
      value: need.totalTokens,
      unit: 'tokens',
      values: { users, turns, promptTokens, answerTokens },
      source: 'input',
      isEstimate: false,
    },
  ]
}

function toOutsideFigures({ input, memory }: Facts): Figure[] {
  const common = { unit: 'bytes', source: 'measured', isEstimate: true } as const
  return [
    {
      ...common,
      name: 'graphBytesPerGpu',
      value: memory.graphBytes,
      values: { maxNumSeqs: input.maxNumSeqs },
      isEstimate: !isMeasured(input),
    },
    { ...common, name: 'servingBytesPerGpu', value: memory.servingBytes, values: {} },
    {
      ...common,
      name: 'freeBytesPerGpu',
      value: memory.freeBytes,
      values: {
        totalGib: round(memory.totalBytes / GIB),
        budgetGib: toGib(memory.budgetBytes),
        outsideGib: toGib(memory.graphBytes + memory.servingBytes),
      },
    },
  ]
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000
}
