import { countWeights } from './count-weights'
import type { Gpu } from './gpu-catalogue'
import type { ModelShape, WeightFormat } from './model-shape'

export const GIB = 2 ** 30

/** Tokens of one cache block on a GPU. */
export const BLOCK_TOKENS = 16

/**
 * All figures of this file: vLLM 0.26.0 on one H200, the shape of Qwen3-4B-Instruct-2507, 24 starts,
 * as vLLM printed them. For another card or model they are estimates.
 */
const LOADED_BEYOND_PARAMETERS_GIB: Record<WeightFormat, number> = {
  // Printed 7.64, 4.31 and 2.63 GiB for parameters of 7.49, 4.11 and 2.48.
  bf16: 0.148,
  fp16: 0.148,
  fp8: 0.201,
  awq: 0.148,
  gptq: 0.148,
}

/** Printed as `non-torch memory`: the CUDA context and the kernels' own buffers. */
const NON_TORCH_GIB = 0.22

/** Room for the buffers in which cards exchange results. Not measured: an allowance. */
const EXCHANGE_ALLOWANCE_GIB = 0.5

/** Warm: 0.18 GiB with 2048 tokens a step, 4.78 with 65536: 0.0316 GiB and 4 × 9728 × 2 bytes a token. */
const ACTIVATION_BASE_GIB = 0.0316
const ACTIVATION_WIDTHS = 4

/** Compiled in this start: 0.74 GiB with 1 to 256 sequences; a copy of the embeddings is 0.7245 of it. */
const COMPILING_BEYOND_EMBEDDINGS_GIB = 0.0155

/** CUDA graphs by `--max-num-seqs`, as printed; they stand outside of the budget. */
const GRAPHS_GIB: readonly (readonly [sequences: number, gib: number])[] = [
  [1, 0.08],
  [4, 0.11],
  [32, 0.17],
  [256, 0.61],
]

/** Graphs are captured for up to 512 sequences, however many are allowed. */
const MOST_GRAPH_SEQUENCES = 512

/** Under load the card held 1.9 GiB more than the budget at most, 0.61 of them graphs. */
const SERVING_GIB = 1.29

/** Left free for the display and whatever else holds memory; with it a 24 GB card gets 0.88. */
const SPARE_GIB = 0.9

export function toLoadedBeyondParametersBytes(format: WeightFormat): number {
  return Math.round(LOADED_BEYOND_PARAMETERS_GIB[format] * GIB)
}

export function toNonTorchBytes(gpuCount: number): number {
  return Math.round((NON_TORCH_GIB + (gpuCount > 1 ? EXCHANGE_ALLOWANCE_GIB : 0)) * GIB)
}

export type StartKind = 'cold' | 'warm'

/** Peak of the profiling run: on a first start the compiler's own, from the compile cache the forward pass alone. */
export function toActivationBytes(options: {
  shape: ModelShape
  gpuCount: number
  maxNumBatchedTokens: number
  start: StartKind
}): number {
  const { shape, gpuCount, maxNumBatchedTokens, start } = options
  const width = Math.max(shape.feedForwardSize, 2 * shape.hiddenSize) / gpuCount
  const forward = ACTIVATION_BASE_GIB * GIB + maxNumBatchedTokens * ACTIVATION_WIDTHS * width * 2
  if (start === 'warm') return Math.round(forward)
  const embeddings = (shape.vocabSize * shape.hiddenSize * 2) / gpuCount
  return Math.round(Math.max(forward, embeddings + COMPILING_BEYOND_EMBEDDINGS_GIB * GIB))
}

/** Between two measured counts on the line between them; beyond the last on the last line. */
export function toGraphBytes(maxNumSeqs: number): number {
  const sequences = Math.min(Math.max(1, maxNumSeqs), MOST_GRAPH_SEQUENCES)
  const upper = GRAPHS_GIB.findIndex(([measured]) => sequences <= measured)
  const index = upper === -1 ? GRAPHS_GIB.length - 1 : Math.max(1, upper)
  const [fromCount, fromGib] = GRAPHS_GIB[index - 1] ?? [1, 0]
  const [toCount, toGib] = GRAPHS_GIB[index] ?? [1, 0]
  const slope = (toGib - fromGib) / (toCount - fromCount)
  return Math.round((fromGib + (sequences - fromCount) * slope) * GIB)
}

export function toServingBytes(): number {
  return Math.round(SERVING_GIB * GIB)
}

/** vLLM's own defaults for its OpenAI server; the A100 is left out of the larger ones by its name. */
export function toBatchDefaults(gpu: Gpu): { maxNumBatchedTokens: number; maxNumSeqs: number } {
  if (gpu.memoryGib >= 160) return { maxNumBatchedTokens: 16_384, maxNumSeqs: 1024 }
  if (gpu.memoryGib >= 70 && !gpu.name.includes('A100')) {
    return { maxNumBatchedTokens: 8192, maxNumSeqs: 1024 }
  }
  return { maxNumBatchedTokens: 2048, maxNumSeqs: 256 }
}

/** The share that leaves room for graphs, serving and a display, to two decimals. */
export function toSafeUtilization({ gpu, maxNumSeqs }: { gpu: Gpu; maxNumSeqs: number }): number {
  const outsideGib = (toGraphBytes(maxNumSeqs) + toServingBytes()) / GIB + SPARE_GIB
  const share = Math.floor(((gpu.memoryGib - outsideGib) / gpu.memoryGib) * 100) / 100
  return Math.min(0.95, Math.max(0.3, share))
}

/** Whether the sums rest on the very card and model that were measured. */
export function isMeasured({ gpu, shape }: { gpu: Gpu; shape: ModelShape }): boolean {
  const { linear, kept } = countWeights({ shape, gpuCount: 1 })
  return gpu.memorySource === 'measured' && linear === 3_633_315_840 && kept === 389_152_256
}
