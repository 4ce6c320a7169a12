import { setTimeout as delay } from 'node:timers/promises'

export type BatchClock = {
  /** Monotonic ms, of the engine client's clock. */
  now(): number
  /** Epoch ms. */
  wallNow(): number
  /** Resolves after the time, or at once when the signal aborts. */
  sleep(options: { ms: number; signal: AbortSignal }): Promise<void>
}

export const SYSTEM_CLOCK: BatchClock = {
  now: () => performance.now(),
  wallNow: () => Date.now(),
  sleep: ({ ms, signal }) => delay(ms, undefined, { signal }).catch(() => undefined),
}
