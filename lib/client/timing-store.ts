import { createStore, type StoreApi } from 'zustand/vanilla'
import type { TimingRow } from '@/lib/domain/timing-row'
import { type DebugApi, debugApi } from './debug-api'
import { mergeTimingPage } from './merge-timing-page'
import { createPoller, isPageHidden, type PageSignals, type Sleep } from './poller'

export type TimingState = {
  /** Newest first. */
  rows: readonly TimingRow[]
  /** False from a poll that failed to one that did not. */
  isLive: boolean
  /** False until the first poll: the rows are then only the newest ones. */
  isWhole: boolean
}

export type TimingStore = StoreApi<TimingState> & {
  refresh(): void
  /** @returns how to stop; may be started again */
  startPolling(): () => void
}

const MAX_TIMING_ROWS = 50_000
export const TIMING_POLL_MS = { shown: 2_000, hidden: 60_000 } as const

/** The rows of the debug view, kept fresh by asking our server for what has changed. */
export function createTimingStore({
  initialRows,
  api = debugApi,
  sleep,
  page,
}: {
  initialRows: readonly TimingRow[]
  api?: Pick<DebugApi, 'loadTimings'>
  sleep?: Sleep
  page?: PageSignals
}): TimingStore {
  const store = createStore<TimingState>()(() => ({
    rows: initialRows,
    isLive: true,
    isWhole: false,
  }))
  const isHidden = page?.isHidden ?? isPageHidden
  let cursor: string | undefined

  async function poll(signal: AbortSignal) {
    try {
      const answer = await api.loadTimings({ after: cursor, limit: MAX_TIMING_ROWS, signal })
      if (signal.aborted) return
      cursor = answer.cursor
      const rows = mergeTimingPage({ rows: store.getState().rows, page: answer })
      store.setState({
        rows: rows.length > MAX_TIMING_ROWS ? rows.slice(0, MAX_TIMING_ROWS) : rows,
        isLive: true,
        isWhole: true,
      })
    } catch {
      if (!signal.aborted) store.setState({ isLive: false })
    }
  }

  const poller = createPoller({
    poll,
    nextDelayMs: () => TIMING_POLL_MS[isHidden() ? 'hidden' : 'shown'],
    ...(sleep === undefined ? {} : { sleep }),
    ...(page === undefined ? {} : { page }),
  })
  return {
    ...store,
    refresh: poller.pollNow,
    startPolling() {
      const stop = poller.start()
      poller.pollNow()
      return stop
    },
  }
}
