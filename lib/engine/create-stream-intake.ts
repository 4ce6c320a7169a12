import { AppError } from '@/lib/domain/error'
import type { CompletionCall } from './create-completion-call'
import { createDeltaMerger } from './create-delta-merger'
import { createEventDecoder } from './create-event-decoder'
import { type AnswerLimits, createOverrun } from './create-overrun'
import { toConnectionError, toStreamErrorEvent } from './engine-error'
import { type ParsedChunk, parseChunk } from './parse-chunk'

const MAX_MALFORMED = 20

export type ReadOutcome =
  | { kind: 'bytes'; bytes: Uint8Array; atMs: number }
  | { kind: 'end'; atMs: number }
  | { kind: 'cut'; error: unknown }

export type StreamIntake = {
  /** Takes what one read gave; a fault becomes the call's failure. */
  accept(outcome: ReadOutcome): void
  flush(): void
  take(): string
  heldSinceMs(): number | undefined
  isEnded(): boolean
  /** The engine said `[DONE]`. */
  isDone(): boolean
}

/** Bytes of the engine in, chunks for the model out; judges how the stream ended. */
export function createStreamIntake(options: {
  call: CompletionCall
  limits: AnswerLimits
  apiKey?: string
}): StreamIntake {
  const { call } = options
  const decoder = createEventDecoder()
  const merger = createDeltaMerger({ onDelta: (arrivals) => call.arrivalsMs.push(arrivals) })
  const isOverrun = createOverrun(options.limits)
  const seen: Seen = { chunks: 0, malformed: 0, tokens: 0, isFinished: false, isDone: false }
  let isEnded = false

  function end() {
    isEnded = true
    call.watch.stop()
    merger.end()
  }
  function acceptChunk(chunk: ParsedChunk, atMs: number) {
    seen.chunks += 1
    merger.add(chunk, atMs)
    if (chunk.text !== '' || chunk.reasoning !== '' || chunk.toolCharacters > 0) {
      seen.tokens += 1
      call.watch.content(atMs)
    }
    if (chunk.finishReason !== undefined) {
      seen.isFinished = true
      call.watch.finished()
    }
    if (!isOverrun(chunk)) return
    merger.add({ text: '', reasoning: '', toolCharacters: 0, finishReason: 'length' }, atMs)
    seen.isFinished = true
    call.finish()
    end()
  }
  function acceptEvent(data: string, atMs: number) {
    if (data === '[DONE]') {
      seen.isDone = true
      return close()
    }
    const event = parseChunk(data)
    if (event.kind === 'chunk') return acceptChunk(event.chunk, atMs)
    if (event.kind === 'error') return fail(toStreamErrorEvent(event.event, options.apiKey))
    seen.malformed += 1
    if (seen.malformed > MAX_MALFORMED) fail(toMalformed(seen))
  }
  function acceptEvents(events: readonly string[], atMs: number) {
    for (const data of events) {
      if (isEnded) return
      acceptEvent(data, atMs)
    }
  }
  function fail(error: AppError) {
    call.fail(error)
    end()
  }
  /** The engine ended the stream by itself, said so or not. */
  function close(cause?: unknown) {
    if (isEnded) return
    if (!seen.isFinished && !call.signal.aborted) call.fail(toEndFailure(seen, cause))
    end()
  }
  return {
    accept(outcome) {
      try {
        if (outcome.kind === 'bytes') {
          acceptEvents(decoder.push(outcome.bytes), outcome.atMs)
        } else if (outcome.kind === 'end') {
          acceptEvents(decoder.end(), outcome.atMs)
          close()
        } else close(outcome.error)
      } catch (error) {
        fail(error instanceof AppError ? error : new AppError('engine_malformed', { cause: error }))
      }
    },
    flush: merger.flush,
    take: merger.take,
    heldSinceMs: merger.heldSinceMs,
    isEnded: () => isEnded,
    isDone: () => seen.isDone,
  }
}

type Seen = {
  chunks: number
  malformed: number
  tokens: number
  isFinished: boolean
  isDone: boolean
}

/** An end without a finish reason is never a whole answer, whoever says that it is done. */
function toEndFailure(seen: Seen, cause: unknown): AppError {
  if (cause !== undefined) {
    return new AppError('engine_stream_cut', { cause: toConnectionError(cause) })
  }
  if (seen.chunks === 0 && seen.malformed > 0) return toMalformed(seen)
  if (seen.chunks === 0 || (seen.isDone && seen.tokens === 0)) return new AppError('engine_empty')
  return new AppError('engine_stream_cut')
}

function toMalformed({ malformed }: Seen): AppError {
  return new AppError('engine_malformed', { details: { lines: malformed } })
}
