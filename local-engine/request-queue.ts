/** One at a time, the rest in the order in which they came. */
export type RequestQueue = {
  /**
   * Waits for its turn, then runs the task. The turn passes on when the task has ended.
   * @throws the signal's reason when it aborts while waiting: the task is then never called.
   */
  run<Result>(options: { signal: AbortSignal; task: () => Promise<Result> }): Promise<Result>
  running(): number
  waiting(): number
}

export function createRequestQueue(): RequestQueue {
  const waiters: (() => void)[] = []
  let isBusy = false

  const turn = (signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted()
    if (!isBusy) {
      isBusy = true
      return Promise.resolve()
    }
    return new Promise((resolve, reject) => {
      const leave = () => {
        waiters.splice(waiters.indexOf(enter), 1)
        reject(signal.reason)
      }
      const enter = () => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      waiters.push(enter)
      signal.addEventListener('abort', leave, { once: true })
    })
  }

  return {
    async run({ signal, task }) {
      await turn(signal)
      try {
        return await task()
      } finally {
        const next = waiters.shift()
        if (next === undefined) isBusy = false
        else next()
      }
    },
    running: () => (isBusy ? 1 : 0),
    waiting: () => waiters.length,
  }
}
