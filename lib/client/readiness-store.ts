import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Phase, Readiness } from '@/lib/domain/readiness'
import { type FetchReadiness, fetchReadiness as fetchFromServer } from './fetch-readiness'
import { createPoller, isPageHidden, type PageSignals, type Sleep } from './poller'

/** A phase of the engine, or that our own server does not answer: then often the browser has no network. */
export type ShownPhase = Phase | 'app-unreachable' | 'offline'

/** Instants of the page's monotonic clock, worked out from the server's durations; only these tick. */
export type ReadinessClocks = {
  phaseStartedAtMs: number
  startStartedAtMs?: number
  lastLineAtMs?: number
  /** The first failed poll of the present row of them. */
  lostAtMs?: number
}

export type ReadinessState = {
  /** The server's last word; kept when the server is out of reach. */
  readiness: Readiness
  isAppReachable: boolean
  /** With an app out of reach: the browser says why. An app on this very machine answers without a network. */
  isOffline: boolean
  clocks: ReadinessClocks
}

export type ReadinessActions = {
  /** To be called after an engine error: the gate shuts at once and not at the next beat. */
  pollNow(): void
  /** Begins to poll. @returns how to stop; may be started again */
  startPolling(): () => void
  /** The page's monotonic clock, in ms. */
  now(): number
}

export type ReadinessStore = StoreApi<ReadinessState & ReadinessActions>

export const POLL_MS = { shut: 1_000, open: 2_000, hidden: 30_000 } as const
const JITTER = 0.2
const FAILURES_UNTIL_UNREACHABLE = 3
/** Network delay moves an instant by less than this; another start moves it by more. */
const CLOCK_TOLERANCE_MS = 1_500

export const selectCanSend = ({ isAppReachable, readiness }: ReadinessState): boolean =>
  isAppReachable && readiness.canSend

export const selectPhase = (state: ReadinessState): ShownPhase => {
  if (state.isAppReachable) return state.readiness.phase
  return state.isOffline ? 'offline' : 'app-unreachable'
}

/** What the page knows of the engine, kept fresh by polling our server; nothing here talks to the engine. */
export function createReadinessStore({
  initial,
  fetchReadiness = fetchFromServer,
  now = () => performance.now(),
  random = Math.random,
  isOffline = isBrowserOffline,
  sleep,
  page,
}: {
  initial: Readiness
  isOffline?: () => boolean
  fetchReadiness?: FetchReadiness
  now?: () => number
  random?: () => number
  sleep?: Sleep
  page?: PageSignals
}): ReadinessStore {
  let failures = 0
  const isHidden = page?.isHidden ?? isPageHidden

  return createStore<ReadinessState & ReadinessActions>()((set, get) => {
    const poller = createPoller({
      poll,
      nextDelayMs,
      ...(sleep === undefined ? {} : { sleep }),
      ...(page === undefined ? {} : { page }),
    })

    function nextDelayMs() {
      const beat = isHidden() ? 'hidden' : selectCanSend(get()) && failures === 0 ? 'open' : 'shut'
      return POLL_MS[beat] * (1 + JITTER * (2 * random() - 1))
    }

    async function poll(signal: AbortSignal) {
      try {
        const readiness = await fetchReadiness({ signal })
        if (signal.aborted) return
        failures = 0
        const { readiness: before, clocks } = get()
        const isSamePhase = before.phase === readiness.phase
        const next = toClocks({ readiness, atMs: now(), before: isSamePhase ? clocks : undefined })
        set({ readiness, isAppReachable: true, isOffline: false, clocks: next })
      } catch {
        if (signal.aborted) return
        failures += 1
        const { clocks, isAppReachable } = get()
        // What the browser says of its network leaves no doubt about one failure.
        const isLost = isOffline() || failures >= FAILURES_UNTIL_UNREACHABLE
        set({
          isAppReachable: isAppReachable && !isLost,
          isOffline: isOffline(),
          clocks: { ...clocks, lostAtMs: clocks.lostAtMs ?? now() },
        })
      }
    }

    return {
      readiness: initial,
      isAppReachable: true,
      isOffline: false,
      clocks: toClocks({ readiness: initial, atMs: now(), before: undefined }),
      pollNow: poller.pollNow,
      startPolling: poller.start,
      now,
    }
  })
}

function toClocks({
  readiness: { phaseElapsedMs, start },
  atMs,
  before,
}: {
  readiness: Readiness
  atMs: number
  before: ReadinessClocks | undefined
}): ReadinessClocks {
  const phaseStartedAtMs = steady(before?.phaseStartedAtMs, atMs - phaseElapsedMs)
  if (start === undefined) return { phaseStartedAtMs }
  return {
    phaseStartedAtMs,
    startStartedAtMs: steady(before?.startStartedAtMs, atMs - start.elapsedMs),
    lastLineAtMs: atMs - start.sinceLastLineMs,
  }
}

/** Each poll takes another while to arrive; a clock that is shown must not run back for that. */
function steady(beforeMs: number | undefined, nextMs: number): number {
  if (beforeMs === undefined || Math.abs(nextMs - beforeMs) > CLOCK_TOLERANCE_MS) return nextMs
  return Math.min(beforeMs, nextMs)
}

function isBrowserOffline(): boolean {
  return typeof navigator !== 'undefined' && navigator.onLine === false
}
