'use client'

import { useEffect, useState } from 'react'
import { createPoller, isPageHidden } from '@/lib/client/poller'

const SHOWN_MS = 2_000
const HIDDEN_MS = 60_000

/** What a question to our server answers, asked every 2 s while the page is in view; the last answer stays when one fails. */
export function usePolled<Answer>(load: (options: { signal: AbortSignal }) => Promise<Answer>): {
  answer: Answer | undefined
  isLive: boolean
} {
  const [state, setState] = useState<{ answer: Answer | undefined; isLive: boolean }>({
    answer: undefined,
    isLive: true,
  })
  useEffect(() => {
    const poller = createPoller({
      nextDelayMs: () => (isPageHidden() ? HIDDEN_MS : SHOWN_MS),
      poll: async (signal) => {
        try {
          const answer = await load({ signal })
          if (!signal.aborted) setState({ answer, isLive: true })
        } catch {
          if (!signal.aborted) setState((before) => ({ ...before, isLive: false }))
        }
      },
    })
    const stop = poller.start()
    poller.pollNow()
    return stop
  }, [load])
  return state
}
