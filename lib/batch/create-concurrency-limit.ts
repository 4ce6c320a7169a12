/** How many requests may be in flight at this moment. */
export type ConcurrencyLimit = {
  current(): number
  succeeded(): void
  /** The engine was overloaded by a request that was sent then; one window halves the limit once. */
  overloaded(sentMs: number): void
}

/**
 * A fixed limit, or one that finds its own: it doubles with each window of answers until the engine
 * is overloaded for the first time, from there adds one a window, and halves with each overload.
 * Never above `max`, never below 1.
 */
export function createConcurrencyLimit(options: {
  max: number
  isAdaptive: boolean
  now: () => number
}): ConcurrencyLimit {
  const { max, isAdaptive, now } = options
  if (!isAdaptive) return { current: () => max, succeeded() {}, overloaded() {} }
  let limit = 1
  let isGrowingFast = true
  let halvedAtMs = Number.NEGATIVE_INFINITY
  return {
    current: () => Math.floor(limit),
    succeeded() {
      limit = Math.min(max, limit + (isGrowingFast ? 1 : 1 / limit))
    },
    overloaded(sentMs) {
      // Sent before the last halving: it tells nothing of the limit that holds now.
      if (sentMs <= halvedAtMs) return
      halvedAtMs = now()
      isGrowingFast = false
      limit = Math.max(1, limit / 2)
    },
  }
}
