import type { Gpu } from './gpu-catalogue'
import type { KvCacheDtype, ModelShape, WeightFormat } from './model-shape'

/** Everything a plan is computed from. */
export type PlanInput = {
  shape: ModelShape
  weights: WeightFormat
  /** Of AWQ and GPTQ. */
  groupSize: number
  gpu: Gpu
  /** Tensor parallelism: one model on that many equal cards. */
  gpuCount: number
  maxModelLen: number
  /** 0–1 of the memory of each card. */
  gpuMemoryUtilization: number
  kvCacheDtype: KvCacheDtype
  maxNumSeqs: number
  maxNumBatchedTokens: number
  workload: Workload
}

/** What shall be served at once: `users` conversations of `turns` questions with their answers. */
export type Workload = {
  users: number
  promptTokens: number
  answerTokens: number
  turns: number
}

export const DEFAULT_WORKLOAD: Workload = {
  users: 16,
  promptTokens: 300,
  answerTokens: 500,
  turns: 4,
}

export const DEFAULT_GROUP_SIZE = 128

export const GROUP_SIZES = [32, 64, 128] as const

export const GPU_COUNTS = [1, 2, 4, 8] as const

export const DEFAULT_MAX_MODEL_LEN = 16_384
