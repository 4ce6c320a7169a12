import type { ThreadEvent } from '@/lib/domain/thread-event'

/** Tells every open page what has changed. */
export type ThreadEvents = {
  publish(event: ThreadEvent): void
  /** Whether somebody listens at all. */
  isHeard(): boolean
  /**
   * What is published from now on, until the signal aborts. A listener that falls behind is let go: it
   * comes back and looks anew.
   */
  subscribe(signal: AbortSignal): AsyncIterableIterator<ThreadEvent, undefined>
  close(): void
}

type Listener = { queue: ThreadEvent[]; wake: () => void; close: () => void }

/** More pages than this are not told: the one that has listened longest makes room. */
const MAX_LISTENERS = 256
const MAX_QUEUE = 500

export function createThreadEvents({
  maxListeners = MAX_LISTENERS,
  maxQueue = MAX_QUEUE,
}: {
  maxListeners?: number
  maxQueue?: number
} = {}): ThreadEvents {
  const listeners = new Set<Listener>()
  let isClosed = false
  return {
    isHeard: () => listeners.size > 0,
    publish(event) {
      for (const listener of [...listeners]) {
        if (listener.queue.push(event) > maxQueue) listener.close()
        else listener.wake()
      }
    },
    subscribe(signal) {
      const [oldest] = listeners
      if (listeners.size >= maxListeners) oldest?.close()
      return listen({ listeners, signal, isClosed })
    },
    close() {
      isClosed = true
      for (const listener of [...listeners]) listener.close()
    },
  }
}

function listen(options: {
  listeners: Set<Listener>
  signal: AbortSignal
  isClosed: boolean
}): AsyncIterableIterator<ThreadEvent, undefined> {
  const { listeners, signal } = options
  let isOver = options.isClosed || signal.aborted
  const listener: Listener = {
    queue: [],
    wake: () => undefined,
    close() {
      isOver = true
      listeners.delete(listener)
      signal.removeEventListener('abort', listener.close)
      listener.wake()
    },
  }
  if (!isOver) {
    listeners.add(listener)
    signal.addEventListener('abort', listener.close)
  }
  const iterator: AsyncIterableIterator<ThreadEvent, undefined> = {
    async next() {
      for (;;) {
        if (isOver) return { value: undefined, done: true }
        const value = listener.queue.shift()
        if (value !== undefined) return { value, done: false }
        await new Promise<void>((resolve) => {
          listener.wake = resolve
        })
      }
    },
    async return() {
      listener.close()
      return { value: undefined, done: true }
    },
    [Symbol.asyncIterator]: () => iterator,
  }
  return iterator
}
