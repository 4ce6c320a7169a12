import type { EnginePulse } from '@/lib/domain/reply-trace'
import type { EngineMetrics } from '@/lib/engine/read-metrics'
import { toEnginePulse } from '@/lib/timing/to-engine-pulse'

/** What the engine told of itself, and when, by this server's monotonic clock. */
export type EngineSample = { metrics: EngineMetrics; atMs: number }

/** The engine's metrics of about the last minute, from whoever has read them. */
export type EngineSamples = {
  add(metrics: EngineMetrics): void
  /** The newest, unless it is older than that. */
  latest(maxAgeMs: number): EngineSample | undefined
  /** Rates over the last minute, of the present process; empty when the engine has been silent for 10 s. */
  pulse(): EnginePulse
}

const WINDOW_MS = 60_000
const SILENT_MS = 10_000
const MAX_SAMPLES = 240

export function createEngineSamples({
  now = () => performance.now(),
}: {
  now?: () => number
} = {}): EngineSamples {
  let samples: EngineSample[] = []
  const latest = (maxAgeMs: number) => {
    const sample = samples.at(-1)
    return sample !== undefined && now() - sample.atMs <= maxAgeMs ? sample : undefined
  }
  return {
    add(metrics) {
      const atMs = now()
      const last = samples.at(-1)
      if (last !== undefined && !isSameProcess(last.metrics, metrics)) samples = []
      samples.push({ metrics, atMs })
      // One that is older than the window stays as its beginning.
      while (samples.length > 2 && isSpare(samples, atMs)) samples.shift()
    },
    latest,
    pulse() {
      const last = latest(SILENT_MS)
      if (last === undefined) return {}
      const first = samples.find(({ atMs }) => last.atMs - atMs <= WINDOW_MS)
      return toEnginePulse({
        first: first === last || first === undefined ? undefined : { ...first.metrics, ...first },
        last: { ...last.metrics, ...last },
      })
    },
  }
}

function isSpare(samples: readonly EngineSample[], nowMs: number): boolean {
  const second = samples[1]
  return samples.length > MAX_SAMPLES || (second !== undefined && nowMs - second.atMs > WINDOW_MS)
}

/** Counters of one process never fall. */
function isSameProcess(before: EngineMetrics, after: EngineMetrics): boolean {
  const [started, startedNow] = [before.processStartedAtMs, after.processStartedAtMs]
  if (started !== undefined && startedNow !== undefined) return started === startedNow
  return (after.generationTokens ?? 0) >= (before.generationTokens ?? 0)
}
