/** What the poller needs to know of the page it runs in. */
export type PageSignals = {
  isHidden(): boolean
  /** Calls back when the page comes into view, loses its network or gets it back. @returns how to unsubscribe */
  onWake(listener: () => void): () => void
}

export type Poller = {
  /** Polls at once; during a poll, once more right after it: its answer may be older than the reason to ask. */
  pollNow(): void
  /** Begins to poll. @returns how to stop; may be started again */
  start(): () => void
}

/** Resolves after the time, or at once when the signal aborts. */
export type Sleep = (options: { ms: number; signal: AbortSignal }) => Promise<void>

/** One poll after another, never two at a time. `poll` must not reject. */
export function createPoller({
  poll,
  nextDelayMs,
  sleep = sleepFor,
  page = browserPage,
}: {
  poll: (signal: AbortSignal) => Promise<void>
  nextDelayMs: () => number
  sleep?: Sleep
  page?: PageSignals
}): Poller {
  let wake = new AbortController()
  let isDue = false

  const pollNow = () => {
    isDue = true
    wake.abort()
  }

  async function loop(stopped: AbortSignal) {
    while (!stopped.aborted) {
      if (!isDue) {
        wake = new AbortController()
        await sleep({ ms: nextDelayMs(), signal: AbortSignal.any([wake.signal, stopped]) })
        if (stopped.aborted) return
      }
      isDue = false
      await poll(stopped)
    }
  }

  return {
    pollNow,
    start() {
      const stop = new AbortController()
      const unsubscribe = page.onWake(pollNow)
      void loop(stop.signal)
      return () => {
        unsubscribe()
        stop.abort()
      }
    },
  }
}

const sleepFor: Sleep = ({ ms, signal }) =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const finish = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', finish)
      resolve()
    }
    const timer = setTimeout(finish, ms)
    signal.addEventListener('abort', finish)
  })

const browserPage: PageSignals = {
  isHidden: () => document.visibilityState === 'hidden',
  onWake(listener) {
    const onVisibility = () => {
      if (document.visibilityState === 'visible') listener()
    }
    document.addEventListener('visibilitychange', onVisibility)
    window.addEventListener('online', listener)
    window.addEventListener('offline', listener)
    return () => {
      document.removeEventListener('visibilitychange', onVisibility)
      window.removeEventListener('online', listener)
      window.removeEventListener('offline', listener)
    }
  },
}

/** False where there is no page (the server's render). */
export function isPageHidden(): boolean {
  return typeof document !== 'undefined' && browserPage.isHidden()
}
