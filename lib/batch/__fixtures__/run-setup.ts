import type { BatchPlan, BatchResult, BatchRow } from '@/lib/domain/batch'
import { DEFAULT_BATCH_PLAN } from '@/lib/domain/batch'
import { runBatch } from '../run-batch'
import type { RunBatchOptions } from '../run-state'
import { createFakeEngine, type Script } from './fake-engine'

export function toRows(count: number): BatchRow[] {
  return Array.from({ length: count }, (_, index) => ({
    index,
    line: index + 1,
    messages: [{ role: 'user' as const, content: `q${index}` }],
  }))
}

export async function* iterate<Item>(items: readonly Item[]): AsyncGenerator<Item, void, undefined> {
  yield* items
}

/** A clock that stands still until all that can run has run, then jumps to the next sleeper. */
export function createJumpingClock() {
  const sleepers: { dueMs: number; resolve: () => void; signal: AbortSignal }[] = []
  const slept: number[] = []
  let nowMs = 1000
  let isArmed = false
  const jump = () => {
    isArmed = false
    const alive = sleepers.filter(({ signal }) => !signal.aborted)
    sleepers.splice(0, sleepers.length, ...alive.sort((a, b) => a.dueMs - b.dueMs))
    const next = sleepers.shift()
    if (next === undefined) return
    nowMs = Math.max(nowMs, next.dueMs)
    next.resolve()
    arm()
  }
  const arm = () => {
    if (isArmed || sleepers.length === 0) return
    isArmed = true
    setTimeout(jump, 2)
  }
  return {
    slept,
    advance(ms: number) {
      nowMs += ms
    },
    now: () => nowMs,
    wallNow: () => 1_700_000_000_000 + nowMs,
    sleep({ ms, signal }: { ms: number; signal: AbortSignal }) {
      slept.push(ms)
      return new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve(), { once: true })
        sleepers.push({ dueMs: nowMs + ms, resolve, signal })
        arm()
      })
    },
  }
}

/** A run on the fake engine; results are kept in a list. */
export function setUpRun(options: {
  rows?: number | readonly BatchRow[]
  plan?: Partial<BatchPlan>
  script?: (question: string) => readonly Script[]
  more?: Partial<RunBatchOptions>
}) {
  const clock = createJumpingClock()
  const fake = createFakeEngine(options.script, clock.now)
  const results: BatchResult[] = []
  const stop = new AbortController()
  const rows = typeof options.rows === 'object' ? options.rows : toRows(options.rows ?? 5)
  const run = () =>
    runBatch({
      rows: iterate(rows),
      plan: { ...DEFAULT_BATCH_PLAN, ...options.plan },
      engine: fake.engine,
      model: () => 'model',
      systemPrompt: 'SYSTEM',
      record: async (result) => void results.push(result),
      signal: stop.signal,
      id: 'batch',
      clock,
      random: () => 0.5,
      ...options.more,
    })
  return { ...fake, clock, results, stop, run }
}
