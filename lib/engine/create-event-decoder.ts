import { createParser } from 'eventsource-parser'
import { AppError } from '@/lib/domain/error'

const MAX_EVENT_CHARACTERS = 1024 * 1024

export type EventDecoder = {
  /** The data of each event that the bytes complete. */
  push(bytes: Uint8Array): string[]
  /** What an engine sent last without the empty line that ends an event. */
  end(): string[]
}

/**
 * Server-sent events, cut anywhere: within a character, a CRLF, a byte order mark. Comments are dropped.
 * @throws {AppError} `engine_line_too_large` from `push` or `end`; the decoder is then of no more use.
 */
export function createEventDecoder(maxCharacters = MAX_EVENT_CHARACTERS): EventDecoder {
  const text = new TextDecoder('utf-8', { ignoreBOM: true })
  let events: string[] = []
  let isTooLarge = false
  const parser = createParser({
    maxBufferSize: maxCharacters,
    onEvent: ({ data }) => {
      events.push(data)
      isTooLarge ||= data.length > maxCharacters
    },
    onError: ({ type }) => {
      isTooLarge ||= type === 'max-buffer-size-exceeded'
    },
  })
  const feed = (piece: string): string[] => {
    parser.feed(piece)
    if (isTooLarge) throw new AppError('engine_line_too_large', { details: { maxCharacters } })
    const taken = events
    events = []
    return taken
  }
  return {
    push: (bytes) => feed(text.decode(bytes, { stream: true })),
    end: () => feed(`${text.decode()}\n\n`),
  }
}
