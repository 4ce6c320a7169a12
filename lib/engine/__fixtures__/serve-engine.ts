import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { Engine } from '../engine'
import { createEngine } from '../create-engine'
import { serve } from './serve'

export type SeenRequest = { url: string; headers: IncomingHttpHeaders; body: string }

type Answer = (response: ServerResponse, request: IncomingMessage) => void

const EVENT_STREAM = { 'content-type': 'text/event-stream; charset=utf-8' }

/** An engine of one scripted answer, and the client that talks to it. */
export async function serveEngine(options: {
  answer: Answer
  /** For all but the completions; 404 by default, as of a server without them. */
  other?: Answer
  apiKey?: string
  stallMs?: number
  firstTokenMs?: number
}) {
  const seen: SeenRequest[] = []
  let open = 0
  let onChange = () => {}
  const server = await serve(async (request, response) => {
    const isCompletion = request.url?.endsWith('/chat/completions') ?? false
    if (isCompletion) open += 1
    response.on('close', () => {
      if (isCompletion) open -= 1
      onChange()
    })
    let body = ''
    for await (const piece of request) body += piece
    seen.push({ url: request.url ?? '', headers: request.headers, body })
    onChange()
    if (isCompletion) options.answer(response, request)
    else if (options.other === undefined) response.writeHead(404).end()
    else options.other(response, request)
  })
  const { apiKey, stallMs, firstTokenMs } = options
  const engine: Engine = createEngine({
    baseUrl: `${server.rootUrl}/v1`,
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(stallMs === undefined ? {} : { stallMs }),
    ...(firstTokenMs === undefined ? {} : { firstTokenMs }),
  })
  return {
    engine,
    seen,
    completions: () => seen.filter(({ url }) => url.endsWith('/chat/completions')),
    stream: (signal = new AbortController().signal) =>
      engine.streamCompletion({
        model: 'm',
        messages: [{ role: 'user', content: 'Hi' }],
        signal,
      }),
    /** Resolves as soon as the server sees so many requests, and so many of them open. */
    async until(state: { seen?: number; open?: number }): Promise<void> {
      const holds = () =>
        (state.seen === undefined || seen.length >= state.seen) &&
        (state.open === undefined || open === state.open)
      await new Promise<void>((resolve) => {
        onChange = () => {
          if (holds()) resolve()
        }
        onChange()
      })
    },
    async close() {
      await engine.close()
      await server.close()
    },
  }
}

/** Answers 200 with the stream's head and these events; leaves the rest to the caller. */
export function startStream(response: ServerResponse, ...events: readonly string[]): void {
  response.writeHead(200, EVENT_STREAM)
  response.flushHeaders()
  for (const event of events) response.write(event)
}

/** The same, to its end. */
export function sendStream(...events: readonly string[]): Answer {
  return (response) => {
    startStream(response, ...events)
    response.end()
  }
}
