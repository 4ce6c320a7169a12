import { AppError, findAppError } from '@/lib/domain/error'
import { buildRowMessages } from '@/lib/prompt/build-messages'
import { askRow, type RowAnswer } from './ask-row'
import { isOverload, judgeAnswer, type Verdict } from './judge-answer'
import { type Flight, haltRun, isStopped, type Pending, type RunState } from './run-state'
import { toBatchResult } from './to-batch-result'

const AWAY_FIRST_MS = 1000
const AWAY_MAX_MS = 15_000

/** Asks one row and does what follows from it. Never rejects. */
export async function flyRow(state: RunState, pending: Pending): Promise<void> {
  const { options, flights } = state
  const { row } = pending
  const flight: Flight = {
    pending,
    abort: new AbortController(),
    hasPiece: false,
    isTakenBack: false,
  }
  flights.set(row.index, flight)
  state.lastStartMs = options.clock.now()
  options.observer.started?.(row)
  try {
    await land(state, flight, await ask(state, flight))
  } catch (error) {
    haltRun(state, findAppError(error) ?? new AppError('internal', { cause: error }))
  } finally {
    flights.delete(row.index)
    state.wake()
  }
}

function ask(state: RunState, flight: Flight): Promise<RowAnswer> {
  const { options } = state
  const { plan, id, observer } = options
  const { row, attempts } = flight.pending
  const name = `${id}-${row.index}`
  return askRow({
    engine: options.engine,
    clock: options.clock,
    request: {
      model: plan.model ?? row.model ?? options.model(),
      messages: buildRowMessages({ systemPrompt: plan.systemPrompt ?? options.systemPrompt, row }),
      sampling: { ...plan.sampling, ...row.sampling },
      // One each: a router that keeps sessions together would put the whole batch on one replica.
      sessionId: name,
      requestId: attempts === 0 ? name : `${name}-${attempts}`,
      signal: flight.abort.signal,
    },
    onPiece(answer) {
      flight.hasPiece = true
      state.away = undefined
      observer.piece?.(row, answer)
    },
  })
}

async function land(state: RunState, flight: Flight, answer: RowAnswer): Promise<void> {
  const { options } = state
  const { row, attempts } = flight.pending
  options.observer.tried?.(row, answer)
  const hasEnded = answer.finish !== undefined || answer.failure !== undefined
  if (flight.isTakenBack && !hasEnded) {
    state.again.unshift(flight.pending)
    options.observer.returned?.(row)
    return
  }
  // A finish that came before the stop took hold is the truth.
  if (isStopped(state) && answer.finish === undefined) return
  const verdict = judgeAnswer({
    answer,
    attempts: attempts + 1,
    maxAttempts: options.plan.maxAttempts,
    hasOwnModel: options.plan.model === undefined && row.model !== undefined,
    backoffMs: options.backoffMs,
    random: options.random,
  })
  if (isOverload(answer.failure)) state.limit.overloaded(answer.acceptedMs)
  if (verdict.kind !== 'result') return postpone(state, flight.pending, verdict)
  const result = toBatchResult({ row, answer, attempts: attempts + 1 })
  await options.record(result)
  if (answer.failure === undefined) state.limit.succeeded()
  options.observer.ended?.(result)
}

function postpone(
  state: RunState,
  pending: Pending,
  verdict: Exclude<Verdict, { kind: 'result' }>,
): void {
  const { options } = state
  const nowMs = options.clock.now()
  if (verdict.kind === 'retry') {
    const dueMs = nowMs + verdict.delayMs
    state.again.push({ ...pending, attempts: pending.attempts + 1, dueMs })
    if (verdict.isForAll) state.notBeforeMs = Math.max(state.notBeforeMs, dueMs)
  } else if (verdict.kind === 'halt' || isAwayTooLong(state)) {
    haltRun(state, verdict.error)
  } else {
    state.again.push({ ...pending, dueMs: state.notBeforeMs })
  }
  options.observer.returned?.(pending.row)
}

/** Nothing is started before the next look at it; rows that fell together count as one try. */
function isAwayTooLong(state: RunState): boolean {
  const { clock, awayLimitMs } = state.options
  const nowMs = clock.now()
  state.away ??= { sinceMs: nowMs, tries: 0 }
  if (nowMs >= state.notBeforeMs) {
    state.notBeforeMs = nowMs + Math.min(AWAY_MAX_MS, AWAY_FIRST_MS * 2 ** state.away.tries)
    state.away.tries += 1
  }
  return nowMs - state.away.sinceMs > awayLimitMs
}
