import { randomUUID } from 'node:crypto'
import { type IncomingMessage, request as sendRequest } from 'node:http'
import { createEventReader, createRunCopy, type PublicError, type RunCopy } from './run-copy.ts'

export type ChatRequest = {
  threadId: string
  parentId: string | null
  runId: string
  message: { id: string; text: string }
}

/** One message as the server gives it. */
export type Message = {
  id: string
  role: 'user' | 'assistant'
  text: string
  parentId: string | null
  runId?: string
  reasoning?: string
  status?: string
  finishReason?: string
  error?: PublicError
  timing?: { ttftMs?: number; e2elMs: number }
  createdAtMs: number
}

export type StreamOptions = {
  /** Goes on with what another connection brought. */
  copy?: RunCopy
  /** Drops the connection once so many bytes of the body came. */
  cutAfterBytes?: number
  /** The headers are there: the server has taken the request. */
  onOpen?: () => void
  /** Drops the connection. */
  signal?: AbortSignal
  /** Reads nothing until it resolves; the socket fills up. */
  holdUntil?: Promise<void>
}

/** `done`: to its [DONE]. `closed`: the server closed before. `cut`: dropped by us. `refused`: no stream at all. */
export type StreamEnd = 'done' | 'closed' | 'cut' | 'lost' | 'refused'

export type StreamResult = {
  end: StreamEnd
  status: number
  copy: RunCopy
  error: PublicError | undefined
}

export type JsonResult<Body> = { status: number; body: Body; headers: IncomingMessage['headers'] }

export type ChatClient = {
  ask: (request: ChatRequest, options?: StreamOptions) => Promise<StreamResult>
  /** `lastEventId` goes into the header, else the position into the address. */
  follow: (
    options: StreamOptions & { runId: string; after: number; byHeader?: boolean },
  ) => Promise<StreamResult>
  stop: (runId: string) => Promise<JsonResult<{ reply?: Message; error?: PublicError }>>
  thread: (
    threadId: string,
  ) => Promise<JsonResult<{ messages: Message[]; thread: object; error?: PublicError }>>
  readiness: () => Promise<
    JsonResult<{
      phase: string
      canSend: boolean
      details: Record<string, string | number>
      load?: { runningRequests: number; waitingRequests: number }
    }>
  >
  get: (path: string) => Promise<JsonResult<Record<string, unknown>>>
}

/** A question in a thread of its own unless told otherwise; all ids are new. */
export function toRequest(
  more: Partial<ChatRequest> & { text?: string; messageId?: string } = {},
): ChatRequest {
  const { text = 'Hello', messageId = randomUUID(), ...rest } = more
  return {
    threadId: randomUUID(),
    parentId: null,
    runId: randomUUID(),
    message: { id: messageId, text },
    ...rest,
  }
}

function toHeaders(options: { body: string | undefined; headers: Record<string, string> }) {
  const { body, headers } = options
  if (body === undefined) return headers
  return { ...headers, 'content-type': 'application/json' }
}

type Exchange = {
  url: string
  method: 'GET' | 'POST'
  body?: string
  headers?: Record<string, string>
}

/** Each on a connection of its own, so that dropping one is dropping the socket. */
function open({ url, method, body, headers = {} }: Exchange) {
  const sent = sendRequest(url, { method, agent: false, headers: toHeaders({ body, headers }) })
  const response = new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve)
    sent.on('error', reject)
  })
  sent.end(body)
  return { sent, response }
}

async function readJson(response: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = []
  for await (const part of response) parts.push(Buffer.from(part))
  const text = Buffer.concat(parts).toString('utf8')
  return text.startsWith('{') ? JSON.parse(text) : { text }
}

async function exchangeJson<Body>(exchange: Exchange): Promise<JsonResult<Body>> {
  const response = await open(exchange).response
  const body = (await readJson(response)) as Body
  return { status: response.statusCode ?? 0, body, headers: response.headers }
}

/** Feeds the body to the reader; says how it ended. */
function readBody(options: {
  response: IncomingMessage
  copy: RunCopy
  cutAfterBytes: number
}): Promise<StreamEnd> {
  const { response, copy, cutAfterBytes } = options
  const read = createEventReader(copy)
  let left = cutAfterBytes
  // Its events are over when it was closed while nobody read.
  if (response.destroyed) return Promise.resolve('lost')
  return new Promise((resolve) => {
    response.on('data', (bytes: Buffer) => {
      if (left <= 0) return
      read(bytes.subarray(0, left))
      left -= bytes.length
      if (left > 0) return
      resolve('cut')
      response.destroy()
    })
    response.on('error', () => resolve('lost'))
    response.on('end', () => resolve(copy.isDone ? 'done' : 'closed'))
    response.on('close', () => resolve('lost'))
    response.resume()
  })
}

async function stream(exchange: Exchange, options: StreamOptions): Promise<StreamResult> {
  const { copy = createRunCopy(), cutAfterBytes = Number.POSITIVE_INFINITY, signal } = options
  const { sent, response: opening } = open(exchange)
  const drop = () => sent.destroy()
  signal?.addEventListener('abort', drop, { once: true })
  try {
    const response = await opening
    const status = response.statusCode ?? 0
    if (status !== 200) {
      const { error } = (await readJson(response)) as { error?: PublicError }
      return { end: 'refused', status, copy, error }
    }
    options.onOpen?.()
    if (options.holdUntil !== undefined) {
      response.pause()
      await options.holdUntil
    }
    const end = await readBody({ response, copy, cutAfterBytes })
    return { end: signal?.aborted ? 'cut' : end, status, copy, error: copy.finish?.error }
  } catch {
    return { end: signal?.aborted ? 'cut' : 'lost', status: 0, copy, error: undefined }
  } finally {
    signal?.removeEventListener('abort', drop)
  }
}

/** Speaks to the server as the page does, with the connection in its hand. */
export function createChatClient(baseUrl: string): ChatClient {
  const toUrl = (path: string) => `${baseUrl}${path}`
  return {
    ask: (request, options = {}) =>
      stream({ url: toUrl('/api/chat'), method: 'POST', body: JSON.stringify(request) }, options),
    follow: ({ runId, after, byHeader = false, ...options }) => {
      const query = byHeader ? '' : `?after=${after}`
      const headers: Record<string, string> = byHeader ? { 'last-event-id': String(after) } : {}
      const url = toUrl(`/api/runs/${runId}${query}`)
      return stream({ url, method: 'GET', headers }, options)
    },
    stop: (runId) =>
      exchangeJson({ url: toUrl(`/api/runs/${runId}/stop`), method: 'POST', body: '{}' }),
    thread: (threadId) => exchangeJson({ url: toUrl(`/api/threads/${threadId}`), method: 'GET' }),
    readiness: () => exchangeJson({ url: toUrl('/api/readiness'), method: 'GET' }),
    get: (path) => exchangeJson({ url: toUrl(path), method: 'GET' }),
  }
}
