import type { Sleep } from '../engine-watch'

/** A clock that stands still until it is moved; sleepers wake in their order. */
export function createFakeTime() {
  let nowMs = 0
  const sleepers = new Set<{ dueMs: number; wake: () => void }>()
  const sleep: Sleep = (ms, signal) =>
    new Promise((resolve) => {
      const sleeper = { dueMs: nowMs + ms, wake }
      function wake() {
        sleepers.delete(sleeper)
        resolve()
      }
      if (signal.aborted) resolve()
      else sleepers.add(sleeper)
      signal.addEventListener('abort', wake, { once: true })
    })
  return {
    now: () => nowMs,
    sleep,
    /** Ends when all that was to happen until then has happened. */
    async advance(ms: number) {
      const untilMs = nowMs + ms
      await settle()
      for (;;) {
        const next = [...sleepers].sort((a, b) => a.dueMs - b.dueMs)[0]
        if (next === undefined || next.dueMs > untilMs) break
        nowMs = Math.max(nowMs, next.dueMs)
        next.wake()
        await settle()
      }
      nowMs = untilMs
    },
  }
}

/** What promises alone can do is done after two turns of the event loop. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
