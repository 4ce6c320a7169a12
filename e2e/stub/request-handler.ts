import { randomBytes } from 'node:crypto'
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import { answerChat } from './answer-chat.ts'
import { type FoundRoute, findRoute } from './engine-routes.ts'
import type { HttpMetrics } from './http-metrics.ts'
import { type EndCause, type LiveRequest, RequestEnded, type Stub } from './live-request.ts'
import { RequestRefused } from './parse-chat-request.ts'
import { prepareChat } from './prepare-chat.ts'
import { nowEpochMs, type RecordedRequest, toPath } from './recorder.ts'
import { type ReplyContext, sendRefusal, sendReply } from './reply.ts'
import { ENGINE_DEAD, refuse, refuseDetail, UNAUTHORIZED } from './wire-error.ts'

export type HandlerOptions = {
  stub: Stub
  http: HttpMetrics
  /** `loading` only where the port is open while loading. */
  phase: () => 'loading' | 'ready' | 'dead'
  startedAtSeconds: () => number
  /** After /health has told of the death. */
  onDeathTold: () => void
}

type Exchange = {
  request: IncomingMessage
  response: ServerResponse
  context: ReplyContext
  body: string
  path: string
  record: RecordedRequest
}

const QUIET_PATHS = ['/health', '/metrics']
const UNCOUNTED_PATHS = ['/health', '/metrics', '/load', '/ping', '/version']
const GUARDED = /^\/(v1|v2|inference|cohere)(\/|$)/

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(Buffer.from(part))
  return Buffer.concat(parts).toString('utf8')
}

function toHeaders(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  )
}

function isAuthorized(options: { request: IncomingMessage; path: string; apiKey: string }) {
  const { request, path, apiKey } = options
  if (apiKey === '' || !GUARDED.test(path)) return true
  return request.headers.authorization === `Bearer ${apiKey}`
}

function openChat(options: { stub: Stub; exchange: Exchange }): LiveRequest {
  const { stub, exchange } = options
  const { request, response, context, record } = exchange
  const controller = new AbortController()
  const name = record.requestId ?? randomBytes(8).toString('hex')
  const live: LiveRequest = {
    request,
    response,
    context,
    record,
    scenario: stub.book.forSession(record.sessionId),
    id: `chatcmpl-${name}`,
    signal: controller.signal,
    end: (cause: EndCause) => controller.abort(new RequestEnded(cause)),
  }
  return live
}

async function handleChat(options: { handler: HandlerOptions; exchange: Exchange }) {
  const { stub, phase } = options.handler
  const { request, response, context, record, body } = options.exchange
  if (phase() === 'dead') {
    const refusal = refuse({ status: 500, message: ENGINE_DEAD })
    stub.recorder.end({ request: record, closedBy: 'stub' })
    sendRefusal({ request, response, context, refusal })
    return
  }
  const live = openChat({ stub, exchange: options.exchange })
  const contentType = request.headers['content-type']
  const chat = prepareChat({ raw: body, contentType, engine: stub.book.engine() })
  const leave = () => live.end({ kind: 'client' })
  stub.live.add(live)
  response.once('close', leave)
  try {
    await answerChat({ stub, live, chat })
  } finally {
    response.off('close', leave)
    stub.live.delete(live)
  }
}

function replyToPreflight({ request, response, context }: Exchange): void {
  const methods = 'DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, QUERY'
  const vary =
    'Origin, Access-Control-Request-Method, Access-Control-Request-Headers, Access-Control-Request-Private-Network'
  const reply = {
    status: 400,
    body: 'Disallowed CORS origin',
    contentType: 'text/plain; charset=utf-8',
    before: [
      ['vary', vary],
      ['access-control-allow-methods', methods],
      ['access-control-max-age', '600'],
    ] as const,
  }
  sendReply({ request, response, context, reply })
}

function replyWithRoute(options: {
  handler: HandlerOptions
  exchange: Exchange
  found: Exclude<FoundRoute, { kind: 'chat' }>
}): void {
  const { handler, exchange, found } = options
  const { request, response, context, body } = exchange
  if (found.kind === 'route') {
    const { stub, http } = handler
    const startedAtSeconds = handler.startedAtSeconds()
    const reply = found.route({ stub, http, startedAtSeconds, request, body })
    if (reply !== undefined) sendReply({ request, response, context, reply })
    return
  }
  const isMethod = found.kind === 'method'
  const refusal = isMethod
    ? refuseDetail({ status: 405, detail: 'Method Not Allowed' })
    : refuseDetail({ status: 404, detail: 'Not Found' })
  const before = isMethod ? [['allow', found.allow] as const] : []
  const reply = { ...refusal, contentType: 'application/json', before }
  sendReply({ request, response, context, reply })
}

async function route(options: { handler: HandlerOptions; exchange: Exchange }): Promise<void> {
  const { handler, exchange } = options
  const { request, response, context, path } = exchange
  const phase = handler.phase()
  const send = (status: number) =>
    sendReply({ request, response, context, reply: { status, body: '' } })
  if (phase === 'loading') return send(503)
  if (phase === 'dead' && (path === '/health' || path === '/ping')) {
    response.once('finish', handler.onDeathTold)
    return send(503)
  }
  if (request.method === 'OPTIONS' && request.headers['access-control-request-method']) {
    return replyToPreflight(exchange)
  }
  if (!isAuthorized({ request, path, apiKey: handler.stub.book.engine().apiKey })) {
    context.hasVary = false
    return sendRefusal({ request, response, context, refusal: UNAUTHORIZED })
  }
  const found = findRoute({ path, method: request.method ?? 'GET' })
  if (found.kind === 'chat') return handleChat({ handler, exchange })
  return replyWithRoute({ handler, exchange, found })
}

function openExchange(options: {
  handler: HandlerOptions
  request: IncomingMessage
  response: ServerResponse
}): Omit<Exchange, 'body' | 'record'> {
  const { handler, request, response } = options
  const { stub, http } = handler
  const path = toPath(request.url ?? '/')
  const method = request.method ?? 'GET'
  const startedAtMs = performance.now()
  const onHead = (status: number) => {
    const client = `${request.socket.remoteAddress}:${request.socket.remotePort}`
    const text = `${status} ${STATUS_CODES[status] ?? ''}`
    const url = request.url ?? '/'
    if (!QUIET_PATHS.includes(path)) stub.log.access({ client, method, url, status: text })
  }
  response.once('finish', () => {
    if (UNCOUNTED_PATHS.includes(path)) return
    http.observe({
      handler: findRoute({ path, method }).kind === 'none' ? 'none' : path,
      method,
      status: response.statusCode,
      requestBytes: Number(request.headers['content-length'] ?? 0),
      responseBytes: Number(response.getHeader('content-length') ?? 0),
      seconds: (performance.now() - startedAtMs) / 1000,
    })
  })
  const own = request.headers['x-request-id']
  const requestId = typeof own === 'string' ? own : randomBytes(16).toString('hex')
  const isEchoed = stub.book.engine().requestIdHeaders
  const context = { requestId: isEchoed ? requestId : undefined, hasVary: true, onHead }
  return { request, response, context, path }
}

function trackEnd(options: { stub: Stub; exchange: Exchange }): void {
  const { recorder } = options.stub
  const { request, response, record } = options.exchange
  response.once('finish', () => {
    record.status = response.statusCode
    recorder.end({ request: record, closedBy: 'stub' })
  })
  response.once('close', () => {
    if (response.headersSent) record.status = response.statusCode
    recorder.end({ request: record, closedBy: 'client' })
  })
  const noteSocket = () => {
    record.socketClosedAtMs = nowEpochMs()
    recorder.changed()
  }
  if (request.socket.destroyed) noteSocket()
  else request.socket.once('close', noteSocket)
}

/** Answers every request on the engine's port, as the phase and the scenario want it. */
export function createRequestHandler(handler: HandlerOptions) {
  const { recorder } = handler.stub
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const receivedAtMs = nowEpochMs()
    const opened = openExchange({ handler, request, response })
    try {
      const body = await readBody(request)
      const headers = toHeaders(request)
      const record = recorder.add({
        method: request.method ?? 'GET',
        url: request.url ?? '/',
        headers,
        body,
        sessionId: headers['x-session-id'],
        requestId: headers['x-request-id'],
        receivedAtMs,
      })
      const exchange = { ...opened, body, record }
      trackEnd({ stub: handler.stub, exchange })
      await route({ handler, exchange })
    } catch (error) {
      if (error instanceof RequestRefused) {
        const { context } = opened
        sendRefusal({ request, response, context, refusal: error.refusal })
      } else if (!request.destroyed) {
        throw error
      }
    }
  }
}
