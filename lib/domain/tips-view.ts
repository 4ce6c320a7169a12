import type { ErrorCode, ErrorDetails } from './error'
import type { LabelComparison, Measurement, TipsProgress } from './tips'

export const TIPS = [
  'batching',
  'context',
  'quantization',
  'kv-share',
  'prefix',
  'client',
  'dtype',
] as const

export type TipName = (typeof TIPS)[number]

/** What shows the effect of a tip's flag. */
export const TIP_MEASUREMENTS: Record<TipName, readonly Measurement[]> = {
  batching: ['concurrency', 'interference'],
  context: ['concurrency'],
  quantization: ['concurrency'],
  'kv-share': ['concurrency'],
  prefix: ['prefix'],
  client: ['batch'],
  dtype: ['concurrency'],
}

export const TIP_FACTS = [
  'runningRequests',
  'waitingRequests',
  'maxModelLen',
  'weightsGib',
  'kvCacheGib',
  'quantization',
  'kvCacheTokens',
  'gpuMemoryFraction',
  'kvCacheUsage',
  'preemptions',
  'prefixCaching',
  'blockSizeTokens',
  'cachedShare',
  'mostTogether',
  'dtype',
  'kvCacheDtype',
] as const

export type TipFactName = (typeof TIP_FACTS)[number]

export type TipFact = {
  name: TipFactName
  /** Where it is told, or would be: a path of the engine, its log, this app's own answers. */
  source: '/v1/models' | '/metrics' | 'log' | 'answers'
  /** Absent: not told. */
  value?: number | string | boolean
}

/** `hit`: it calls for the tip. */
export type TipSymptom = {
  level: 'hit' | 'fine' | 'unknown'
  /** Names the sentence of the tip. */
  code: string
  values: ErrorDetails
}

export type TipCard = { name: TipName; facts: TipFact[]; symptom: TipSymptom }

export type TipsLabel = {
  label: string
  runs: number
  /** Of the newest run; wall clock. */
  lastAtMs: number
  measurements: Measurement[]
}

/** The run that is under way in the server. */
export type TipsRunView = TipsProgress & {
  label: string
  measurements: Measurement[]
  elapsedMs: number
}

/** How the newest run ended. */
export type TipsEnd = {
  label: string
  outcome: 'recorded' | 'cancelled' | 'failed'
  /** Others used the engine meanwhile. */
  isDisturbed?: boolean
  code?: ErrorCode
}

/** What GET /api/tips answers. */
export type TipsState = {
  cards: TipCard[]
  /** The newest last. */
  labels: TipsLabel[]
  run?: TipsRunView
  last?: TipsEnd
}

/** What GET /api/tips/comparison answers; absent where a label has no run. */
export type ComparisonAnswer = { comparison?: LabelComparison }
