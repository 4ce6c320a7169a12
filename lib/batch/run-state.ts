import type { BatchPlan, BatchResult, BatchRow } from '@/lib/domain/batch'
import type { AppError } from '@/lib/domain/error'
import type { BatchEngine, RowAnswer } from './ask-row'
import type { BatchClock } from './batch-clock'
import type { ConcurrencyLimit } from './create-concurrency-limit'
import type { StartGate } from './create-start-gate'

/** Told as it happens; must not throw. */
export type BatchObserver = {
  started?(row: BatchRow): void
  piece?(row: BatchRow, answer: RowAnswer): void
  /** Each try, whatever came of it. */
  tried?(row: BatchRow, answer: RowAnswer): void
  /** It is to be asked again. */
  returned?(row: BatchRow): void
  ended?(result: BatchResult): void
}

export type RunBatchOptions = {
  /** Those still to be asked, in order; read only as fast as they are asked. */
  rows: AsyncIterable<BatchRow>
  plan: BatchPlan
  engine: BatchEngine
  /** The served name. Asked before each start, for the engine may come back with another. */
  model: () => string
  /** What the plan's own, where it has one, stands in the place of. */
  systemPrompt: string
  /** Resolves when the result is kept; a row counts as done from then on. */
  record: (result: BatchResult) => Promise<void>
  /** Aborting stops the answers in flight, and leaves their rows undone. */
  signal: AbortSignal
  gate?: StartGate
  observer?: BatchObserver
  /** Names the requests: `X-Request-Id` is `<id>-<index>`. */
  id: string
  clock?: BatchClock
  /** How long the engine may be away before the run ends; its rows stay to be done. */
  awayLimitMs?: number
  /** Before the first repetition of a row. */
  backoffMs?: number
  /** 0–1 */
  random?: () => number
}

/** A row that waits for its turn: a new one, or one that is to be asked again. */
export type Pending = { row: BatchRow; attempts: number; dueMs: number }

export type Flight = {
  pending: Pending
  abort: AbortController
  hasPiece: boolean
  isTakenBack: boolean
}

export type RunState = {
  options: Required<Omit<RunBatchOptions, 'observer'>> & { observer: BatchObserver }
  limit: ConcurrencyLimit
  flights: Map<number, Flight>
  /** To be asked again. */
  again: Pending[]
  notBeforeMs: number
  lastStartMs: number
  away: { sinceMs: number; tries: number } | undefined
  halt: AppError | undefined
  /** Ends the wait of the loop that starts rows. */
  wake: () => void
}

export function isStopped({ options, halt }: RunState): boolean {
  return options.signal.aborted || halt !== undefined
}

/** The run ends: what is in flight is stopped, and its rows stay to be done. */
export function haltRun(state: RunState, error: AppError): void {
  state.halt ??= error
  abortFlights(state)
  state.wake()
}

export function abortFlights({ flights }: RunState): void {
  for (const { abort } of flights.values()) abort.abort()
}
