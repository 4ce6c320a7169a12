import { createParser } from 'eventsource-parser'
import { AppError } from '@/lib/domain/error'
import type { StreamChunk } from '@/lib/domain/stream-chunk'

export type StreamEvent = {
  /** Characters of the reply sent up to and with this event. */
  id: number
  chunk: StreamChunk
}

/**
 * Reads our SSE body wherever the network cuts it. Returns after `[DONE]`; leaving the loop early
 * cancels the body.
 * @throws {AppError} app_unreachable when the body ends or breaks before `[DONE]`, or cannot be read.
 */
export async function* readEventStream(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<StreamEvent> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  const events: StreamEvent[] = []
  let isDone = false
  const parser = createParser({
    onEvent({ id, data }) {
      if (data === '[DONE]') isDone = true
      else events.push(parseEvent({ id, data }))
    },
  })
  try {
    while (!isDone) {
      const { value, done } = await reader.read()
      if (done) throw new AppError('app_unreachable')
      parser.feed(decoder.decode(value, { stream: true }))
      yield* events.splice(0)
    }
  } catch (cause) {
    throw cause instanceof AppError ? cause : new AppError('app_unreachable', { cause })
  } finally {
    reader.cancel().catch(() => {})
  }
}

function parseEvent({ id, data }: { id: string | undefined; data: string }): StreamEvent {
  const chunk: unknown = JSON.parse(data)
  if (typeof chunk !== 'object' || chunk === null || !('type' in chunk)) {
    throw new AppError('app_unreachable')
  }
  return { id: Number(id ?? Number.NaN), chunk: chunk as StreamChunk }
}
