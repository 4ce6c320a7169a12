import { AppError, findAppError } from '@/lib/domain/error'
import type { CompletionEvent, CompletionRequest } from '@/lib/engine/completion'
import type { Engine } from '@/lib/engine/engine'
import type { BatchClock } from './batch-clock'

export type BatchEngine = Pick<Engine, 'streamCompletion'>

/** What came of one try: its marks are of the clock's `now()`. */
export type RowAnswer = {
  text: string
  reasoning: string
  finish: (CompletionEvent & { type: 'finish' }) | undefined
  /** Absent too when the caller aborted. */
  failure: AppError | undefined
  acceptedMs: number
  sentMs: number | undefined
  arrivalsMs: number[]
  endedMs: number
  /** Wall clock. */
  startedAtMs: number
}

/** Asks once, as a stream, so that stopping reaches the engine. Never rejects. */
export async function askRow(options: {
  engine: BatchEngine
  request: CompletionRequest
  clock: BatchClock
  /** With each piece: how many have come so far. */
  onPiece: (answer: RowAnswer) => void
}): Promise<RowAnswer> {
  const { engine, request, clock, onPiece } = options
  const acceptedMs = clock.now()
  const answer: RowAnswer = {
    text: '',
    reasoning: '',
    finish: undefined,
    failure: undefined,
    acceptedMs,
    sentMs: undefined,
    arrivalsMs: [],
    endedMs: acceptedMs,
    startedAtMs: clock.wallNow(),
  }
  try {
    for await (const event of engine.streamCompletion(request)) {
      if (event.type === 'sent') answer.sentMs = event.atMs
      else if (event.type === 'finish') answer.finish = event
      else {
        for (const atMs of event.arrivalsMs) answer.arrivalsMs.push(atMs)
        if (event.type === 'text-delta') answer.text += event.delta
        else answer.reasoning += event.delta
        onPiece(answer)
      }
    }
    answer.failure = findFault(answer)
  } catch (error) {
    if (!request.signal.aborted) {
      answer.failure = findAppError(error) ?? new AppError('internal', { cause: error })
    }
  }
  answer.endedMs = clock.now()
  return answer
}

/** vLLM also finishes with these when it ended the request itself. */
function findFault({ finish, text, reasoning }: RowAnswer): AppError | undefined {
  if (finish === undefined || finish.finishReason === 'abort') {
    return new AppError('engine_stream_cut')
  }
  if (finish.finishReason === 'error') return new AppError('engine_failed')
  return text === '' && reasoning === '' ? new AppError('engine_empty') : undefined
}
