import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Refusal } from './wire-error.ts'

export type ReplyContext = {
  requestId: string | undefined
  hasVary: boolean
  /** Called when the status is known and the headers leave. */
  onHead: (status: number) => void
}

type Header = readonly [name: string, value: string]

/** Headers in the order in which uvicorn sends them, and no others. */
function setHeaders(options: {
  request: IncomingMessage
  response: ServerResponse
  context: ReplyContext
  own: readonly Header[]
  last?: readonly Header[]
}): void {
  const { request, response, context, own, last = [] } = options
  response.sendDate = false
  response.setHeader('date', new Date().toUTCString())
  response.setHeader('server', 'uvicorn')
  for (const [name, value] of own) response.setHeader(name, value)
  if (context.hasVary && !response.hasHeader('vary')) response.setHeader('vary', 'Origin')
  if (context.requestId !== undefined) response.setHeader('x-request-id', context.requestId)
  for (const [name, value] of last) response.setHeader(name, value)
  // HTTP/1.1 keeps the connection without saying so.
  if (request.headers.connection !== 'close') response.removeHeader('connection')
}

export function sendReply(options: {
  request: IncomingMessage
  response: ServerResponse
  context: ReplyContext
  reply: {
    status: number
    body: string
    contentType?: string | undefined
    before?: readonly Header[]
    headers?: Record<string, string>
  }
}): void {
  const { request, response, context, reply } = options
  const own: Header[] = [
    ...(reply.before ?? []),
    ['content-length', String(Buffer.byteLength(reply.body))],
    ...(reply.contentType === undefined ? [] : [['content-type', reply.contentType] as const]),
    ...Object.entries(reply.headers ?? {}),
  ]
  setHeaders({ request, response, context, own })
  response.statusCode = reply.status
  context.onHead(reply.status)
  response.end(request.method === 'HEAD' ? '' : reply.body)
}

export function sendRefusal(options: {
  request: IncomingMessage
  response: ServerResponse
  context: ReplyContext
  refusal: Refusal
}): void {
  const { refusal, ...rest } = options
  sendReply({ ...rest, reply: { contentType: 'application/json', ...refusal } })
}

/** Sends the headers of a stream at once, as vLLM does: before the request was scheduled. */
export function openStream(options: {
  request: IncomingMessage
  response: ServerResponse
  context: ReplyContext
}): void {
  setHeaders({
    ...options,
    own: [['content-type', 'text/event-stream; charset=utf-8']],
    last: [['transfer-encoding', 'chunked']],
  })
  options.response.statusCode = 200
  options.context.onHead(200)
  options.response.flushHeaders()
}
