import { AppError, type ErrorCode, findAppError, toPublicError } from '@/lib/domain/error'
import type { Reply, ReplyStatus } from '@/lib/domain/message'
import type { CompletionEvent } from '@/lib/engine/completion'
import { type ReplyMarks, toReplyTiming } from '@/lib/timing/to-reply-timing'
import type { WrittenParts } from './create-reply-buffer'

/** Why we ended a run ourselves: its reader, nobody watching for too long, or the server's own end. */
export type StopCause = 'user' | 'unwatched' | 'server-stopping'

export type FinishEvent = CompletionEvent & { type: 'finish' }

/** The engine went away or fell silent, which is not an answer of its own. */
const CUT_CODES: ReadonlySet<ErrorCode> = new Set([
  'engine_stream_cut',
  'engine_died',
  'engine_stalled',
  'engine_timeout',
  'engine_unreachable',
])

/**
 * The reply as it is kept: exactly one of complete, stopped, interrupted and failed, with its one
 * timing. `failure` is what ended the stream in place of a finish; the text is kept in every case.
 */
export function toEndedReply(options: {
  reply: Reply
  written: WrittenParts
  marks: ReplyMarks
  finish?: FinishEvent | undefined
  cause?: StopCause | undefined
  failure?: AppError | undefined
}): Reply {
  const { reply, written, marks, finish } = options
  const model = finish?.model ?? reply.model
  const { status, error } = toEnd({
    ...options,
    hasText: written.text !== '' || written.reasoning !== '',
  })
  return {
    ...reply,
    ...written,
    status,
    ...(model === undefined ? {} : { model }),
    ...(finish === undefined ? {} : { finishReason: finish.finishReason }),
    ...(error === undefined ? {} : { error: toPublicError(error, reply.runId) }),
    timing: toReplyTiming({
      ...marks,
      ...(finish?.usage === undefined ? {} : { usage: finish.usage }),
      ...(finish?.engine === undefined ? {} : { engine: finish.engine }),
    }),
  }
}

function toEnd(options: {
  finish?: FinishEvent | undefined
  cause?: StopCause | undefined
  failure?: AppError | undefined
  hasText: boolean
}): { status: ReplyStatus; error?: AppError } {
  const { finish, cause, hasText } = options
  const failure = options.failure ?? faultOf(finish)
  // A finish that came before a stop took hold is the truth.
  if (finish !== undefined && failure === undefined && hasText) return { status: 'complete' }
  if (cause === 'user') return { status: 'stopped' }
  if (cause === 'unwatched') return { status: 'interrupted' }
  if (cause === 'server-stopping') {
    return { status: 'interrupted', error: new AppError('server_stopping') }
  }
  const error = failure ?? new AppError(finish === undefined ? 'engine_stream_cut' : 'engine_empty')
  return { status: hasText && CUT_CODES.has(error.code) ? 'interrupted' : 'failed', error }
}

/** vLLM also finishes with these when it ended the request itself. */
function faultOf(finish: FinishEvent | undefined): AppError | undefined {
  if (finish?.finishReason === 'abort') return new AppError('engine_stream_cut')
  if (finish?.finishReason === 'error') return new AppError('engine_failed')
  return undefined
}

/** An error that is none of ours is a fault of the app. */
export function toRunError(error: unknown): AppError {
  return findAppError(error) ?? new AppError('internal', { cause: error })
}
