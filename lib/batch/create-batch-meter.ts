import type { BatchProgress, BatchRowStatus, BatchSample } from '@/lib/domain/batch'
import type { BatchObserver } from './run-state'

const WINDOW_MS = 30_000
const MAX_SAMPLES = 600
const FIRST_STEP_MS = 500

export type BatchMeter = {
  observer: BatchObserver
  progress(): BatchProgress
  /** At most 600 over the whole run: they stand further apart the longer it takes. */
  samples(): readonly BatchSample[]
  /** Takes a sample when one is due; called at least twice a second. */
  tick(): void
}

/** Watches one start of a run. */
export function createBatchMeter(options: {
  rows: number
  /** Rows that this start is to ask. */
  todo: number
  /** Of all starts. */
  counts: () => Record<BatchRowStatus, number>
  now: () => number
}): BatchMeter {
  const { rows, todo, counts, now } = options
  const startMs = now()
  const ends: { atMs: number; tokens: number }[] = []
  let samples: BatchSample[] = []
  let stepMs = FIRST_STEP_MS
  let inFlight = 0
  let ended = 0

  const rates = () => {
    const nowMs = now()
    const first = ends.findIndex(({ atMs }) => atMs > nowMs - WINDOW_MS)
    ends.splice(0, first === -1 ? ends.length : first)
    const seconds = Math.min(WINDOW_MS, nowMs - startMs) / 1000
    if (ends.length === 0 || seconds <= 0) return undefined
    const tokens = ends.reduce((sum, one) => sum + one.tokens, 0)
    return { rowsPerSecond: ends.length / seconds, tokensPerSecond: tokens / seconds }
  }

  return {
    observer: {
      started: () => {
        inFlight += 1
      },
      returned: () => {
        inFlight -= 1
      },
      ended({ timing }) {
        inFlight -= 1
        ended += 1
        ends.push({ atMs: now(), tokens: timing?.completionTokens ?? 0 })
      },
    },
    progress() {
      const rate = rates()
      return {
        ...counts(),
        rows,
        inFlight,
        elapsedMs: now() - startMs,
        ...rate,
        ...(rate && { leftMs: (Math.max(0, todo - ended) / rate.rowsPerSecond) * 1000 }),
      }
    },
    samples: () => samples,
    tick() {
      const atMs = now() - startMs
      const lastMs = samples.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY
      if (atMs - lastMs < stepMs) return
      const { complete, interrupted, failed } = counts()
      const tokensPerSecond = rates()?.tokensPerSecond ?? 0
      samples.push({ atMs, inFlight, done: complete + interrupted + failed, tokensPerSecond })
      if (samples.length <= MAX_SAMPLES) return
      samples = samples.filter((_, at) => at % 2 === 0)
      stepMs *= 2
    },
  }
}
