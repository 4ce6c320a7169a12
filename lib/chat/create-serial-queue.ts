/** Work in the background, one piece after the other, at most so many waiting. */
export type SerialQueue = {
  /** False: it is full or closed, and the work is not done. */
  add(work: (signal: AbortSignal) => Promise<void>): boolean
  /** Nothing more is begun; resolves when the piece under way has ended. */
  close(): Promise<void>
  /** Resolves when nothing is waiting. */
  idle(): Promise<void>
}

export function createSerialQueue({
  limit,
  onError,
}: {
  limit: number
  onError: (error: unknown) => void
}): SerialQueue {
  const closing = new AbortController()
  let waiting = 0
  let last = Promise.resolve()
  return {
    add(work) {
      if (waiting >= limit || closing.signal.aborted) return false
      waiting += 1
      last = last.then(async () => {
        try {
          if (!closing.signal.aborted) await work(closing.signal)
        } catch (error) {
          if (!closing.signal.aborted) onError(error)
        } finally {
          waiting -= 1
        }
      })
      return true
    },
    async close() {
      closing.abort()
      await last
    },
    idle: () => last,
  }
}
