/** What the arithmetic needs to know of a model, all of it in its `config.json`. */
export type ModelShape = {
  /** The name on Hugging Face, or what the user calls it. */
  id: string
  layers: number
  attentionHeads: number
  kvHeads: number
  headDim: number
  hiddenSize: number
  /** Width of a dense feed-forward layer. */
  feedForwardSize: number
  vocabSize: number
  /** The output layer is the embedding, stored once. */
  isTied: boolean
  maxContextTokens: number
  experts: Experts | undefined
  /** Thinks aloud before it answers: vLLM needs a reasoning parser to tell the two apart. */
  isThinking: boolean
  /** The quantization its `config.json` names. */
  stored: StoredQuantization | undefined
}

export type Experts = {
  count: number
  feedForwardSize: number
  /** How many layers have experts; the others are dense. */
  layers: number
  sharedFeedForwardSize: number
}

export type StoredQuantization = { method: string; groupSize: number }

export const WEIGHT_FORMATS = ['bf16', 'fp16', 'fp8', 'awq', 'gptq'] as const

export type WeightFormat = (typeof WEIGHT_FORMATS)[number]

export const KV_CACHE_DTYPES = ['auto', 'fp8'] as const

export type KvCacheDtype = (typeof KV_CACHE_DTYPES)[number]
