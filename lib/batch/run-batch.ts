import type { BatchOutcome, BatchRow } from '@/lib/domain/batch'
import { toPublicError } from '@/lib/domain/error'
import { SYSTEM_CLOCK } from './batch-clock'
import { createConcurrencyLimit } from './create-concurrency-limit'
import { createStartGate } from './create-start-gate'
import { flyRow } from './fly-row'
import {
  abortFlights,
  isStopped,
  type Pending,
  type RunBatchOptions,
  type RunState,
} from './run-state'

/**
 * Asks every row once: never more in flight than the plan says, each as a stream, each result
 * recorded as it comes. A row is asked again only while nothing has come of its answer. While the
 * gate is held nothing starts; while a chat waits, rows without a first token are also taken back
 * from the engine. Resolves when nothing is in flight any more.
 */
export async function runBatch(options: RunBatchOptions): Promise<BatchOutcome> {
  const state = createState(options)
  const { gate, signal } = state.options
  const onAbort = () => {
    abortFlights(state)
    state.wake()
  }
  const unsubscribe = gate.onChange(() => {
    if (gate.isHeld('chat-waits')) takeBack(state)
    state.wake()
  })
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    await startRows(state)
    while (state.flights.size > 0) await untilChange(state, Number.POSITIVE_INFINITY)
  } finally {
    signal.removeEventListener('abort', onAbort)
    unsubscribe()
  }
  if (state.halt !== undefined) return { kind: 'halted', error: toPublicError(state.halt) }
  return { kind: signal.aborted ? 'cancelled' : 'complete' }
}

function createState(options: RunBatchOptions): RunState {
  const { plan, clock = SYSTEM_CLOCK } = options
  const { concurrency, isAdaptive } = plan
  return {
    options: {
      awayLimitMs: 600_000,
      backoffMs: 500,
      random: Math.random,
      gate: createStartGate(),
      observer: {},
      ...options,
      clock,
    },
    limit: createConcurrencyLimit({ max: concurrency, isAdaptive, now: clock.now }),
    flights: new Map(),
    again: [],
    notBeforeMs: Number.NEGATIVE_INFINITY,
    lastStartMs: Number.NEGATIVE_INFINITY,
    away: undefined,
    halt: undefined,
    wake: () => undefined,
  }
}

async function startRows(state: RunState): Promise<void> {
  const iterator = state.options.rows[Symbol.asyncIterator]()
  let next: Pending | undefined
  let isDrained = false
  try {
    while (!isStopped(state)) {
      if (next === undefined && !isDrained) {
        const { done, value } = await iterator.next()
        isDrained = done === true
        next = value === undefined ? undefined : toPending(value)
        continue
      }
      const waitMs = toWaitMs(state)
      const ready = waitMs > 0 ? undefined : (takeDue(state) ?? next)
      if (ready !== undefined) {
        if (ready === next) next = undefined
        void flyRow(state, ready)
      } else if (isDone(state, next)) return
      else await untilChange(state, waitMs > 0 ? waitMs : toDueMs(state))
    }
  } finally {
    await iterator.return?.()
  }
}

function toPending(row: BatchRow): Pending {
  return { row, attempts: 0, dueMs: Number.NEGATIVE_INFINITY }
}

function isDone({ flights, again }: RunState, next: Pending | undefined): boolean {
  return next === undefined && flights.size === 0 && again.length === 0
}

/** Until one more may start; infinite where only a change allows it. */
function toWaitMs(state: RunState): number {
  const { options, flights, limit, notBeforeMs, lastStartMs } = state
  if (!options.gate.isOpen() || flights.size >= limit.current()) return Number.POSITIVE_INFINITY
  const startMs = Math.max(notBeforeMs, lastStartMs + options.plan.spacingMs)
  return Math.max(0, startMs - options.clock.now())
}

function takeDue({ again, options }: RunState): Pending | undefined {
  const at = again.findIndex(({ dueMs }) => dueMs <= options.clock.now())
  return at === -1 ? undefined : again.splice(at, 1)[0]
}

function toDueMs({ again, options }: RunState): number {
  const dueMs = again.reduce((least, one) => Math.min(least, one.dueMs), Number.POSITIVE_INFINITY)
  return Math.max(0, dueMs - options.clock.now())
}

async function untilChange(state: RunState, atMostMs: number): Promise<void> {
  const woken = new AbortController()
  const { promise, resolve } = Promise.withResolvers<void>()
  state.wake = () => {
    woken.abort()
    resolve()
  }
  if (Number.isFinite(atMostMs)) {
    await Promise.race([promise, state.options.clock.sleep({ ms: atMostMs, signal: woken.signal })])
  } else await promise
  state.wake = () => undefined
}

/** Rows that the engine has not begun to answer go back to the head of the queue. */
function takeBack({ flights }: RunState): void {
  for (const flight of flights.values()) {
    if (flight.hasPiece) continue
    flight.isTakenBack = true
    flight.abort.abort()
  }
}
