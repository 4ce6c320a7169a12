/** Work that nobody waits for, until the end of the server. */
export type Background = {
  run(what: string, work: () => Promise<unknown>): void
  /** Begins later, unless the end comes before. */
  runAfter(delayMs: number, what: string, work: () => Promise<unknown>): void
  /** Begins nothing more; resolves when nothing is under way. */
  close(): Promise<void>
}

export function createBackground({
  logger,
  after = afterTimeout,
}: {
  logger: { error(fields: Record<string, unknown>, message: string): void }
  /** Calls back once, unless the returned function is called before. */
  after?: (delayMs: number, callback: () => void) => () => void
}): Background {
  const timers = new Set<() => void>()
  const tasks = new Set<Promise<unknown>>()
  const run = (what: string, work: () => Promise<unknown>) => {
    const task = work()
      .catch((error) => logger.error({ err: error }, what))
      .finally(() => tasks.delete(task))
    tasks.add(task)
  }
  return {
    run,
    runAfter(delayMs, what, work) {
      const cancel = after(delayMs, () => {
        timers.delete(cancel)
        run(what, work)
      })
      timers.add(cancel)
    },
    async close() {
      for (const cancel of timers) cancel()
      await Promise.all(tasks)
    },
  }
}

function afterTimeout(delayMs: number, callback: () => void): () => void {
  const timer = setTimeout(callback, delayMs)
  timer.unref()
  return () => clearTimeout(timer)
}
