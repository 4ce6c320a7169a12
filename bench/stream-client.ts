import { randomUUID } from 'node:crypto'
import { Agent, type IncomingMessage, request } from 'node:http'
import { nowMs } from './monotonic.ts'
import { createStreamReader, type Protocol, type StreamReader } from './stream-reader.ts'

/** Who is asked: the engine itself, the raw passthrough of the app's server, or the app. */
export type Target = { name: 'direct' | 'passthrough' | 'app'; url: string }

export type OpenStream = {
  /** Of an app's run, and the engine's X-Request-Id. */
  runId: string
  threadId: string
  sentAtMs: number
  reader: StreamReader
  response: Promise<IncomingMessage>
  /** Resolves at the end of the body, rejects when the connection broke. */
  ended: Promise<void>
  close: () => void
}

export type Client = {
  open: (options: { target: Target; question: string; isPaused?: boolean }) => OpenStream
  close: () => void
}

/** A connection that lay idle is not used again: the engine closes one after 5 s without a word. */
const IDLE_MS = 3000
const JSON_BODY = { 'content-type': 'application/json', accept: 'text/event-stream' }

/**
 * Opens streams over connections that stay open, as a browser's do. `engineBody` is a body that the
 * app sent to the engine: asked directly, the engine gets the same one but for the question.
 */
export function createClient(engineBody: Record<string, unknown>): Client {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: Number.POSITIVE_INFINITY,
    timeout: IDLE_MS,
  })

  return {
    open({ target, question, isPaused = false }) {
      const [runId, threadId] = [randomUUID(), randomUUID()]
      const isApp = target.name === 'app'
      const body = isApp
        ? { threadId, parentId: null, runId, message: { id: randomUUID(), text: question } }
        : withQuestion(engineBody, question)
      const protocol: Protocol = isApp ? 'app' : 'engine'
      const reader = createStreamReader(protocol)
      const sentAtMs = nowMs()
      const call = request(target.url, {
        method: 'POST',
        agent,
        headers: { ...JSON_BODY, 'x-request-id': runId, 'x-session-id': threadId },
      })
      call.end(JSON.stringify(body))
      const response = new Promise<IncomingMessage>((resolve, reject) => {
        call.once('response', resolve)
        call.once('error', reject)
      })
      const ended = response.then((answer) => readToEnd({ answer, reader, isPaused }))
      ended.catch(() => {})
      return { runId, threadId, sentAtMs, reader, response, ended, close: () => call.destroy() }
    },
    close: () => agent.destroy(),
  }
}

function readToEnd(options: {
  answer: IncomingMessage
  reader: StreamReader
  isPaused: boolean
}): Promise<void> {
  const { answer, reader, isPaused } = options
  if (answer.statusCode !== 200) {
    answer.resume()
    throw new Error(`The server answered ${answer.statusCode}.`)
  }
  return new Promise((resolve, reject) => {
    if (!isPaused) answer.on('data', (bytes: Buffer) => reader.push(bytes, nowMs()))
    answer.once('end', resolve)
    answer.once('error', reject)
    answer.once('close', () => reject(new Error('The connection was closed.')))
  })
}

function withQuestion(body: Record<string, unknown>, question: string): Record<string, unknown> {
  const messages = Array.isArray(body.messages) ? body.messages : []
  return { ...body, messages: [...messages.slice(0, -1), { role: 'user', content: question }] }
}
