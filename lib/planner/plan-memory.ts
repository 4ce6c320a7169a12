import { countKvHeadsPerGpu, toParameterBytes } from './count-weights'
import {
  BLOCK_TOKENS,
  GIB,
  type StartKind,
  toActivationBytes,
  toGraphBytes,
  toLoadedBeyondParametersBytes,
  toNonTorchBytes,
  toServingBytes,
} from './measured-memory'
import type { KvCacheDtype, ModelShape } from './model-shape'
import type { PlanInput } from './plan-input'

/** Bytes on each card, and what fits into them. */
export type PlanMemory = {
  totalBytes: number
  /** Share × total: what vLLM allows itself. */
  budgetBytes: number
  parameterBytes: number
  weightsBytes: number
  nonTorchBytes: number
  activationColdBytes: number
  activationWarmBytes: number
  /** Left for the KV cache on a first start, and from the compile cache; negative where the rest is too much. */
  availableColdBytes: number
  availableWarmBytes: number
  kvBytesPerToken: number
  kvTokensCold: number
  kvTokensWarm: number
  /** What one conversation of the full context length needs. */
  neededBytes: number
  /** Beside the budget. */
  graphBytes: number
  servingBytes: number
  /** What is left of the card under load; negative where it overflows. */
  freeBytes: number
}

/** Keys and values of one token on one card: 2 × heads × head size × bytes × layers. */
export function toKvBytesPerToken({
  shape,
  gpuCount,
  kvCacheDtype,
}: {
  shape: ModelShape
  gpuCount: number
  kvCacheDtype: KvCacheDtype
}): number {
  const heads = countKvHeadsPerGpu({ shape, gpuCount })
  return 2 * heads * shape.headDim * (kvCacheDtype === 'fp8' ? 1 : 2) * shape.layers
}

/** Whole blocks only. */
function toTokensThatFit({
  bytes,
  bytesPerToken,
}: {
  bytes: number
  bytesPerToken: number
}): number {
  return Math.max(0, Math.floor(bytes / (bytesPerToken * BLOCK_TOKENS)) * BLOCK_TOKENS)
}

/** A conversation fills whole blocks as well. */
export function toBlockTokens(tokens: number): number {
  return Math.ceil(tokens / BLOCK_TOKENS) * BLOCK_TOKENS
}

export function toPlanMemory(input: PlanInput): PlanMemory {
  const { shape, gpuCount, weights: format, groupSize, kvCacheDtype } = input
  const totalBytes = Math.round(input.gpu.memoryGib * GIB)
  const budgetBytes = Math.round(input.gpuMemoryUtilization * totalBytes)
  const parameterBytes = toParameterBytes({ shape, format, groupSize, gpuCount })
  const weightsBytes = parameterBytes + toLoadedBeyondParametersBytes(format)
  const nonTorchBytes = toNonTorchBytes(gpuCount)
  const activation = (start: StartKind) =>
    toActivationBytes({ shape, gpuCount, maxNumBatchedTokens: input.maxNumBatchedTokens, start })
  const activationColdBytes = activation('cold')
  const activationWarmBytes = activation('warm')
  const left = budgetBytes - weightsBytes - nonTorchBytes
  const kvBytesPerToken = toKvBytesPerToken({ shape, gpuCount, kvCacheDtype })
  const tokensIn = (bytes: number) => toTokensThatFit({ bytes, bytesPerToken: kvBytesPerToken })
  const graphBytes = toGraphBytes(input.maxNumSeqs)
  const servingBytes = toServingBytes()
  return {
    totalBytes,
    budgetBytes,
    parameterBytes,
    weightsBytes,
    nonTorchBytes,
    activationColdBytes,
    activationWarmBytes,
    availableColdBytes: left - activationColdBytes,
    availableWarmBytes: left - activationWarmBytes,
    kvBytesPerToken,
    kvTokensCold: tokensIn(left - activationColdBytes),
    kvTokensWarm: tokensIn(left - activationWarmBytes),
    neededBytes: toBlockTokens(input.maxModelLen) * kvBytesPerToken,
    graphBytes,
    servingBytes,
    freeBytes: totalBytes - budgetBytes - graphBytes - servingBytes,
  }
}
