import type { EngineMetrics } from './read-metrics'

export type SilenceWatch = {
  /** The request was sent: silence counts from here. */
  start(): void
  /** A token came. */
  content(atMs: number): void
  /** The last token came: all that may still follow is its figures, and not for long. */
  finished(): void
  /** Nobody reads: what is not read cannot be heard, so the time does not count. */
  pause(): void
  resume(): void
  stop(): void
}

/** Calls back after so many ms, unless the returned function is called first. */
export type Schedule = (callback: () => void, ms: number) => () => void

const FIRST_TOKEN_MS = 120_000
const SETTLE_MS = 5000

/**
 * Calls `onSilent` once when no token came for too long. After the first token, that is `stallMs`.
 * Before it, `firstTokenMs` from the last sign of life: requests in the engine's queue, or a figure
 * that moved since the last look. So there is no limit as long as the engine shows that it works.
 * The signs are asked for in silence only.
 */
export function createSilenceWatch(options: {
  now: () => number
  stallMs: number
  firstTokenMs?: number
  settleMs?: number
  /** `undefined` where there are no metrics; a rejection counts as the same. */
  look?: () => Promise<EngineMetrics | undefined>
  onSilent: (silentMs: number) => void
  /** After the last token nothing more came. */
  onSettled: () => void
  schedule?: Schedule
}): SilenceWatch {
  const { now, stallMs, firstTokenMs = FIRST_TOKEN_MS, schedule = scheduleTimer } = options
  const settleMs = Math.min(options.settleMs ?? SETTLE_MS, stallMs)
  let state: 'first' | 'flowing' | 'finished' | 'over' = 'first'
  let aliveAtMs = 0
  let pausedAtMs: number | undefined
  let previous: EngineMetrics | undefined
  let cancel = () => {}

  function arm(ms: number) {
    cancel()
    cancel = schedule(check, Math.max(1, ms))
  }
  function endWith(callback: () => void) {
    state = 'over'
    cancel()
    callback()
  }
  function check() {
    if (state === 'over') return
    if (pausedAtMs !== undefined) return arm(stallMs / 2)
    if (state === 'first') return void lookAround()
    const limitMs = state === 'finished' ? settleMs : stallMs
    const silentMs = now() - aliveAtMs
    if (silentMs < limitMs) return arm(limitMs - silentMs)
    endWith(state === 'finished' ? options.onSettled : () => options.onSilent(silentMs))
  }
  async function lookAround() {
    const metrics = await options.look?.().catch(() => undefined)
    if (state !== 'first') return
    if (metrics !== undefined && shows(metrics, previous)) aliveAtMs = now()
    previous = metrics ?? previous
    const silentMs = now() - aliveAtMs
    if (silentMs >= firstTokenMs) return endWith(() => options.onSilent(silentMs))
    arm(Math.min(stallMs / 2, firstTokenMs - silentMs))
  }
  return {
    start() {
      aliveAtMs = now()
      arm(Math.min(stallMs / 2, firstTokenMs))
    },
    content(atMs) {
      aliveAtMs = atMs
      if (state !== 'first') return
      state = 'flowing'
      arm(stallMs)
    },
    finished() {
      if (state === 'over') return
      state = 'finished'
      aliveAtMs = now()
      arm(settleMs)
    },
    pause() {
      pausedAtMs ??= now()
    },
    resume() {
      if (pausedAtMs !== undefined) aliveAtMs += now() - pausedAtMs
      pausedAtMs = undefined
    },
    stop() {
      state = 'over'
      cancel()
    },
  }
}

/**
 * A long prompt is read in steps, and vLLM counts its tokens with the last of them: between the
 * others only the cache and the number of running requests move, and within one, nothing.
 */
const MOVING = [
  'generationTokens',
  'promptTokens',
  'iterationTokens',
  'kvCacheUsage',
  'runningRequests',
] as const

function shows(metrics: EngineMetrics, previous: EngineMetrics | undefined): boolean {
  if ((metrics.waitingRequests ?? 0) > 0) return true
  if (previous === undefined) return false
  return MOVING.some((name) => metrics[name] !== previous[name])
}

function scheduleTimer(callback: () => void, ms: number): () => void {
  const timer = setTimeout(callback, ms)
  return () => clearTimeout(timer)
}
