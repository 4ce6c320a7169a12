import type { EnginePulse } from '@/lib/domain/reply-trace'
import { type HistogramBucket, histogramQuantile, subtractBuckets } from './histogram-quantile'

/** What was read of the engine at one moment; counters since its process began. */
export type EngineReading = {
  /** Monotonic. */
  atMs: number
  runningRequests?: number
  waitingRequests?: number
  kvCacheUsage?: number
  promptTokens?: number
  generationTokens?: number
  preemptions?: number
  prefixCacheQueryTokens?: number
  prefixCacheHitTokens?: number
  /** In seconds. */
  ttftBuckets?: readonly HistogramBucket[]
}

type CounterName =
  | 'promptTokens'
  | 'generationTokens'
  | 'preemptions'
  | 'prefixCacheQueryTokens'
  | 'prefixCacheHitTokens'

const MINUTE_MS = 60_000
const SECOND_MS = 1000

/**
 * Gauges as they are at the last reading, rates between the two readings, which are of one process;
 * what either of them does not tell is absent.
 */
export function toEnginePulse({
  first,
  last,
}: {
  first?: EngineReading | undefined
  last: EngineReading
}): EnginePulse {
  const { runningRequests, waitingRequests, kvCacheUsage } = last
  return defined({
    runningRequests,
    waitingRequests,
    kvCacheUsage,
    ...(first === undefined ? {} : toRates(first, last)),
  })
}

function toRates(first: EngineReading, last: EngineReading) {
  const spanMs = last.atMs - first.atMs
  if (spanMs <= 0) return {}
  const grown = (name: CounterName) => {
    const [before, after] = [first[name], last[name]]
    return before === undefined || after === undefined || after < before
      ? undefined
      : after - before
  }
  const per = (name: CounterName, unitMs: number) => {
    const count = grown(name)
    return count === undefined ? undefined : (count * unitMs) / spanMs
  }
  const queries = grown('prefixCacheQueryTokens')
  const hits = grown('prefixCacheHitTokens')
  return {
    prefixCacheHitRate:
      queries === undefined || hits === undefined || queries === 0 ? undefined : hits / queries,
    preemptionsPerMinute: per('preemptions', MINUTE_MS),
    generationTokensPerSecond: per('generationTokens', SECOND_MS),
    promptTokensPerSecond: per('promptTokens', SECOND_MS),
    ttftP95Ms: toTtftP95(first, last),
  }
}

function toTtftP95(first: EngineReading, last: EngineReading): number | undefined {
  if (first.ttftBuckets === undefined || last.ttftBuckets === undefined) return undefined
  const buckets = subtractBuckets({ before: first.ttftBuckets, after: last.ttftBuckets })
  const seconds = buckets && histogramQuantile({ buckets, q: 0.95 })
  return seconds === undefined ? undefined : seconds * SECOND_MS
}

function defined(pulse: { [Key in keyof EnginePulse]: EnginePulse[Key] | undefined }): EnginePulse {
  return Object.fromEntries(
    Object.entries(pulse).filter(([, value]) => value !== undefined),
  ) as EnginePulse
}
