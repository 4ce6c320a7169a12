/** What the fixed workload measures, each on its own. */
export const MEASUREMENTS = ['concurrency', 'prefix', 'interference', 'batch'] as const

export type Measurement = (typeof MEASUREMENTS)[number]

export const TIPS_FIGURES = [
  'tokensPerSecond',
  'ttftMs',
  'coldTtftMs',
  'warmTtftMs',
  'coldEngineTtftMs',
  'warmEngineTtftMs',
  'calmGapMs',
  'busyGapMs',
  'longestGapMs',
  'longTtftMs',
  'serialTokensPerSecond',
  'togetherTokensPerSecond',
  'serialLatencyMs',
  'togetherLatencyMs',
  'speedup',
] as const

export type TipsFigure = (typeof TIPS_FIGURES)[number]

/** One figure, measured several times under one condition. */
export type TipsSeries = {
  measurement: Measurement
  /** The condition: requests at once, tokens of the prompt, or questions of the batch. */
  at: number
  figure: TipsFigure
  values: number[]
}

/** What the engine told of itself when the run began; what is absent was not told. */
export type TipsEngine = {
  model: string
  version?: string
  maxModelLen?: number
  blockSizeTokens?: number
  kvCacheTokens?: number
  kvCacheDtype?: string
  isPrefixCachingEnabled?: boolean
  gpuMemoryFraction?: number
  processStartedAtMs?: number
}

export type TipsTraffic = {
  /** Requests of others when it began. */
  requestsAtStart: number
  /** Tokens that the engine wrote for others meanwhile, by its own counter. */
  foreignTokens: number
}

/** One run of the workload, under a label of the user's. */
export type TipsRecord = {
  id: string
  label: string
  /** Wall clock. */
  startedAtMs: number
  durationMs: number
  engine: TipsEngine
  measurements: Measurement[]
  series: TipsSeries[]
  requests: number
  completionTokens: number
  /** Absent where the engine tells no metrics: it cannot be known. */
  traffic?: TipsTraffic
}

/** `too-few`: under three values on a side. */
export type TipsVerdict = 'better' | 'worse' | 'no-difference' | 'too-few'

export type SampleFacts = { count: number; median: number; min: number; max: number }

export type TipsComparison = Pick<TipsSeries, 'measurement' | 'at' | 'figure'> & {
  before: SampleFacts
  after: SampleFacts
  /** after ÷ before, of the medians. */
  ratio: number
  verdict: TipsVerdict
}

/** Two labels, all runs of each together. */
export type LabelComparison = {
  before: string
  after: string
  rows: TipsComparison[]
  /** What the engine told differently of itself, newest run against newest run. */
  changes: { name: keyof TipsEngine; before?: string; after?: string }[]
  /** Runs in which the engine worked for others as well. */
  disturbedRuns: number
}

export type TipsProgress = {
  measurement: Measurement
  /** Requests that were answered, of all of the run. */
  done: number
  of: number
}

/** A run of which others took this share of the engine's tokens is disturbed. */
const DISTURBED_SHARE = 0.02

export function isDisturbed({
  traffic,
  completionTokens,
}: Pick<TipsRecord, 'traffic' | 'completionTokens'>): boolean {
  if (traffic === undefined) return false
  const { requestsAtStart, foreignTokens } = traffic
  return requestsAtStart > 0 || foreignTokens > DISTURBED_SHARE * completionTokens
}

/** Whether more of a figure is better. */
export function isHigherBetter(figure: TipsFigure): boolean {
  return figure.endsWith('TokensPerSecond') || figure === 'tokensPerSecond' || figure === 'speedup'
}
