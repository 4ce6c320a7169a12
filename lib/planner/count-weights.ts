import type { ModelShape, WeightFormat } from './model-shape'

export type WeightCounts = {
  /** What a quantization makes smaller. */
  linear: number
  /** Embeddings, output layer, norms and routers: they stay in 16 bit in every format here. */
  kept: number
}

/** Keys and values of one card: a head is never split, so with more cards than heads each head has copies. */
export function countKvHeadsPerGpu({
  shape,
  gpuCount,
}: {
  shape: ModelShape
  gpuCount: number
}): number {
  return Math.max(1, Math.floor(shape.kvHeads / gpuCount))
}

/** The numbers that one of `gpuCount` cards holds under tensor parallelism. */
export function countWeights({
  shape,
  gpuCount,
}: {
  shape: ModelShape
  gpuCount: number
}): WeightCounts {
  const { layers, hiddenSize, headDim, experts } = shape
  const queryAndOutput = (2 * hiddenSize * shape.attentionHeads * headDim) / gpuCount
  const keyAndValue = 2 * hiddenSize * countKvHeadsPerGpu({ shape, gpuCount }) * headDim
  const gateUpDown = (width: number) => (3 * hiddenSize * width) / gpuCount
  const expertLayers = experts?.layers ?? 0
  const expertLayer =
    experts === undefined
      ? 0
      : experts.count * gateUpDown(experts.feedForwardSize) +
        gateUpDown(experts.sharedFeedForwardSize)
  const linear =
    layers * (queryAndOutput + keyAndValue) +
    (layers - expertLayers) * gateUpDown(shape.feedForwardSize) +
    expertLayers * expertLayer
  const embeddings = (shape.vocabSize * hiddenSize * (shape.isTied ? 1 : 2)) / gpuCount
  const norms = layers * (2 * hiddenSize + 2 * headDim) + hiddenSize
  const routers = expertLayers * hiddenSize * (experts?.count ?? 0)
  return { linear: Math.ceil(linear), kept: Math.ceil(embeddings + norms + routers) }
}

/** 4 bit, and for every group a 16-bit scale and a 4-bit zero point. */
function toInt4Bytes(groupSize: number): number {
  return 0.5 + (2 + 0.5) / groupSize
}

export function toBytesPerLinearWeight({
  format,
  groupSize,
}: {
  format: WeightFormat
  groupSize: number
}): number {
  if (format === 'fp8') return 1
  return format === 'awq' || format === 'gptq' ? toInt4Bytes(groupSize) : 2
}

/** Bytes of the parameters on one card, without what the loader keeps beside them. */
export function toParameterBytes(options: {
  shape: ModelShape
  format: WeightFormat
  groupSize: number
  gpuCount: number
}): number {
  const { linear, kept } = countWeights(options)
  return Math.ceil(linear * toBytesPerLinearWeight(options) + kept * 2)
}
