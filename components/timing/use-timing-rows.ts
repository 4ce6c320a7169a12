'use client'

import { useEffect, useRef, useState } from 'react'
import { fetchTimingRows } from '@/lib/client/fetch-timing-rows'
import { createPoller, isPageHidden, type Poller } from '@/lib/client/poller'
import type { TimingRow } from '@/lib/domain/timing-row'

const TIMING_ROWS_LIMIT = 200
const LIVE_MS = 2_000
const HIDDEN_MS = 60_000

/** The rows the server rendered, fetched anew every 2 s while the page is in view. */
export function useTimingRows(initial: TimingRow[]): {
  rows: TimingRow[]
  isLive: boolean
  refresh: () => void
} {
  const [rows, setRows] = useState(initial)
  const [isLive, setIsLive] = useState(true)
  const poller = useRef<Poller>(undefined)

  useEffect(() => {
    poller.current = createPoller({
      nextDelayMs: () => (isPageHidden() ? HIDDEN_MS : LIVE_MS),
      poll: async (signal) => {
        try {
          const fresh = await fetchTimingRows({ limit: TIMING_ROWS_LIMIT, signal })
          setRows((shown) => (isSame(shown, fresh) ? shown : fresh))
          setIsLive(true)
        } catch {
          if (!signal.aborted) setIsLive(false)
        }
      },
    })
    return poller.current.start()
  }, [])

  return { rows, isLive, refresh: () => poller.current?.pollNow() }
}

function isSame(one: TimingRow[], other: TimingRow[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
