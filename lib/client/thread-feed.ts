import type { ThreadEvent } from '@/lib/domain/thread-event'

/**
 * `opened`, `reopened`: the connection stands, or stands again, and what happened since the page was made, or meanwhile,
 * is not told. An import is like the latter: much has changed at once.
 */
export type FeedEvent =
  | Exclude<ThreadEvent, { type: 'threads-imported' }>
  | { type: 'opened' }
  | { type: 'reopened' }

export type ThreadFeed = {
  /** @returns how to unsubscribe */
  subscribe(listener: (event: FeedEvent) => void): () => void
  /** Listens while the page is in sight: a browser has six connections to a server, whatever its tabs. @returns how to stop */
  start(): () => void
}

type Source = Pick<EventSource, 'close' | 'onmessage' | 'onopen'>

/** What other tabs and browsers do with the threads, as the server tells it. */
export function createThreadFeed({
  open = () => new EventSource('/api/events'),
  page = document,
}: {
  open?: () => Source
  page?: Pick<Document, 'visibilityState' | 'addEventListener' | 'removeEventListener'>
} = {}): ThreadFeed {
  const listeners = new Set<(event: FeedEvent) => void>()
  const tell = (event: FeedEvent) => {
    for (const listener of listeners) listener(event)
  }
  let source: Source | undefined
  let isFirst = true

  const connect = () => {
    source = open()
    source.onopen = () => {
      tell({ type: isFirst ? 'opened' : 'reopened' })
      isFirst = false
    }
    source.onmessage = ({ data }) => {
      const event = parseEvent(data)
      if (event !== undefined)
        tell(event.type === 'threads-imported' ? { type: 'reopened' } : event)
    }
  }
  const disconnect = () => {
    source?.close()
    source = undefined
  }
  const follow = () => {
    if (page.visibilityState === 'hidden') disconnect()
    else if (source === undefined) connect()
  }
  return {
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    start() {
      follow()
      page.addEventListener('visibilitychange', follow)
      return () => {
        page.removeEventListener('visibilitychange', follow)
        disconnect()
      }
    },
  }
}

function parseEvent(data: unknown): ThreadEvent | undefined {
  try {
    const event: unknown = JSON.parse(String(data))
    const isOne = typeof event === 'object' && event !== null && 'type' in event
    return isOne ? (event as ThreadEvent) : undefined
  } catch {
    return undefined
  }
}
