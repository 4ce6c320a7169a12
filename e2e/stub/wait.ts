/**
 * Waits until a reading of `performance.now()`, never less: timers may fire early by what the event
 * loop's own clock lags behind. Rejects with the signal's reason when it aborts.
 */
export function waitMs(options: { untilMs: number; signal: AbortSignal }): Promise<void> {
  const { untilMs, signal } = options
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined
    let immediate: NodeJS.Immediate | undefined
    const abort = () => {
      clearTimeout(timer)
      clearImmediate(immediate)
      reject(signal.reason)
    }
    const arm = () => {
      const restMs = untilMs - performance.now()
      if (restMs > 0) timer = setTimeout(check, Math.ceil(restMs))
      else immediate = setImmediate(finish)
    }
    const check = () => (performance.now() < untilMs ? arm() : finish())
    const finish = () => {
      signal.removeEventListener('abort', abort)
      resolve()
    }
    if (signal.aborted) {
      reject(signal.reason)
      return
    }
    signal.addEventListener('abort', abort, { once: true })
    arm()
  })
}

export type Gate = {
  set: (isOpen: boolean) => void
  isOpen: () => boolean
  /** Resolves when the gate is open. Rejects with the signal's reason when it aborts. */
  passed: (signal: AbortSignal) => Promise<void>
}

export function createGate(): Gate {
  const waiting = new Set<() => void>()
  let isOpen = false
  return {
    set: (value) => {
      isOpen = value
      if (isOpen) for (const go of [...waiting]) go()
    },
    isOpen: () => isOpen,
    passed: (signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(signal.reason)
          return
        }
        if (isOpen) {
          resolve()
          return
        }
        const abort = () => {
          waiting.delete(go)
          reject(signal.reason)
        }
        const go = () => {
          waiting.delete(go)
          signal.removeEventListener('abort', abort)
          resolve()
        }
        waiting.add(go)
        signal.addEventListener('abort', abort, { once: true })
      }),
  }
}
