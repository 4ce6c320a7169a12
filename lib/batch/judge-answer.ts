import { type AppError, ERROR_CODES, type ErrorCode } from '@/lib/domain/error'
import type { RowAnswer } from './ask-row'

/** What follows from one try. */
export type Verdict =
  /** The row has its result, good or bad. */
  | { kind: 'result' }
  /** Again after this time; `isForAll`: the engine asked for it, and nothing is started before. */
  | { kind: 'retry'; delayMs: number; isForAll: boolean; isOverload: boolean }
  /** The engine is not there: the row waits for it, and the try does not count. */
  | { kind: 'away'; error: AppError }
  /** No row can be answered as things are. */
  | { kind: 'halt'; error: AppError }

const AWAY: ReadonlySet<ErrorCode> = new Set([
  'engine_unreachable',
  'engine_died',
  'engine_name_not_found',
  'engine_proxy',
])

const HALTING: ReadonlySet<ErrorCode> = new Set([
  'engine_unauthorized',
  'engine_path_not_found',
  'engine_tls',
  'engine_redirected',
])

const OVERLOAD: ReadonlySet<ErrorCode> = new Set([
  'engine_busy',
  'engine_timeout',
  'engine_stalled',
])

/** The engine answered, and would answer the same again. */
const FINAL: ReadonlySet<ErrorCode> = new Set(['engine_empty', 'internal'])

const MAX_DELAY_MS = 30_000

/** Whether a failure says that the engine has too much to do. */
export function isOverload(error: AppError | undefined): boolean {
  return error !== undefined && OVERLOAD.has(error.code)
}

/** A row is asked again only while nothing has come of its answer. */
export function judgeAnswer(options: {
  answer: Pick<RowAnswer, 'failure' | 'text' | 'reasoning'>
  /** Tries so far, this one included. */
  attempts: number
  maxAttempts: number
  /** The row names a model of its own. */
  hasOwnModel: boolean
  /** Of the first repetition; each later one waits twice as long. */
  backoffMs: number
  /** 0–1 */
  random: () => number
}): Verdict {
  const { answer, attempts, maxAttempts, hasOwnModel } = options
  const { failure } = answer
  if (failure === undefined) return { kind: 'result' }
  const isHalting =
    HALTING.has(failure.code) || (failure.code === 'engine_model_not_found' && !hasOwnModel)
  if (isHalting) return { kind: 'halt', error: failure }
  if (answer.text !== '' || answer.reasoning !== '') return { kind: 'result' }
  if (AWAY.has(failure.code)) return { kind: 'away', error: failure }
  const isWorthIt = ERROR_CODES[failure.code].retryable && !FINAL.has(failure.code)
  if (!isWorthIt || attempts >= maxAttempts) return { kind: 'result' }
  const { retryAfterSeconds } = failure.details ?? {}
  const isForAll = typeof retryAfterSeconds === 'number'
  const delayMs = isForAll ? retryAfterSeconds * 1000 : toBackoff(options)
  return { kind: 'retry', delayMs, isForAll, isOverload: isOverload(failure) }
}

/** Doubles with each try and is spread by half, so that rows that failed together do not come back together. */
function toBackoff({
  attempts,
  backoffMs,
  random,
}: {
  attempts: number
  backoffMs: number
  random: () => number
}): number {
  return Math.min(MAX_DELAY_MS, backoffMs * 2 ** (attempts - 1)) * (0.5 + random())
}
