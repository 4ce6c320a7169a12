import type { ErrorCode, PublicError } from '@/lib/domain/error'
import type { ChatMessage, Reply } from '@/lib/domain/message'
import type { ChatRequest, StreamChunk } from '@/lib/domain/stream-chunk'

export type Frame = { id: number; chunk: StreamChunk } | '[DONE]'

export function encodeFrames(frames: Frame[]): Uint8Array {
  const text = frames
    .map((frame) =>
      frame === '[DONE]'
        ? 'data: [DONE]\n\n'
        : `id: ${frame.id}\ndata: ${JSON.stringify(frame.chunk)}\n\n`,
    )
    .join('')
  return new TextEncoder().encode(text)
}

/** A whole stream: progress, reasoning where given, the pieces, the end. */
export function buildFrames(options: {
  runId: string
  pieces: string[]
  reasoning?: string[]
  after?: number
}): Frame[] {
  const { runId, pieces, reasoning = [], after = 0 } = options
  let at = 0
  const frames: Frame[] = [
    {
      id: after,
      chunk: {
        type: 'start',
        messageId: `reply-${runId}`,
        messageMetadata: { runId, threadId: 'thread', parentId: 'q', model: 'model' },
      },
    },
    {
      id: after,
      chunk: { type: 'data-progress', data: { stage: 'prefill' }, transient: true },
    },
  ]
  const push = (type: 'reasoning' | 'text', list: string[]) => {
    if (list.length === 0) return
    frames.push({ id: Math.max(at, after), chunk: { type: `${type}-start`, id: type } })
    for (const delta of list) {
      at += delta.length
      if (at <= after) continue
      const rest = delta.slice(Math.max(0, after - (at - delta.length)))
      frames.push({ id: at, chunk: { type: `${type}-delta`, id: type, delta: rest } })
    }
    frames.push({ id: Math.max(at, after), chunk: { type: `${type}-end`, id: type } })
  }
  push('reasoning', reasoning)
  push('text', pieces)
  frames.push({
    id: at,
    chunk: {
      type: 'finish',
      messageMetadata: { status: 'complete', finishReason: 'stop', timing: { e2elMs: 9 } },
    },
  })
  return [...frames, '[DONE]']
}

export type FakeCall = { method: string; path: string; body: unknown }

export type Answer = (call: FakeCall) => Response | Promise<Response>

/** Answers our api's paths in turn; every call is kept. A path without an answer is a refused connection. */
export function createFakeServer() {
  const calls: FakeCall[] = []
  const answers: { path: RegExp; answer: Answer }[] = []
  const fakeFetch: typeof fetch = async (input, init) => {
    const call = {
      method: init?.method ?? 'GET',
      path: String(input),
      body: init?.body === undefined ? undefined : JSON.parse(String(init.body)),
    }
    calls.push(call)
    const index = answers.findIndex(({ path }) => path.test(call.path))
    const [found] = index < 0 ? [] : answers.splice(index, 1)
    if (found === undefined) throw new TypeError('Failed to fetch')
    return found.answer(call)
  }
  return {
    fetch: fakeFetch,
    calls,
    /** The next call of this path gets this answer, once. */
    answerOnce(path: RegExp, answer: Answer) {
      answers.push({ path, answer })
    },
    requestsOf: (path: RegExp) => calls.filter((call) => path.test(call.path)),
    chatBodies: () => calls.filter(({ path }) => path === '/api/chat').map(({ body }) => body as ChatRequest),
  }
}

export function toErrorResponse(code: ErrorCode, status: number, more: Partial<PublicError> = {}) {
  return Response.json({ error: { code, ...more } }, { status })
}

export function toStopResponse(reply: Reply): Response {
  return Response.json({ reply })
}

export function toThreadResponse(messages: ChatMessage[]): Response {
  return Response.json({
    thread: { id: 'thread', title: 'Hello', createdAtMs: 1, updatedAtMs: 2 },
    messages,
  })
}

/** Bytes in these pieces; `end: 'break'` errors the body in place of closing it. */
export function toStreamResponse(
  pieces: Uint8Array[],
  { end = 'close' }: { end?: 'close' | 'break' } = {},
): Response {
  const queue = [...pieces]
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const next = queue.shift()
      if (next !== undefined) controller.enqueue(next)
      else if (end === 'break') controller.error(new TypeError('network error'))
      else controller.close()
    },
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } })
}

/** A stream whose bytes are pushed by the test. */
export function openStreamResponse() {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined
  let isCancelled = false
  const body = new ReadableStream<Uint8Array>({
    start(given) {
      controller = given
    },
    cancel() {
      isCancelled = true
    },
  })
  return {
    response: new Response(body, { headers: { 'content-type': 'text/event-stream' } }),
    push: (frames: Frame[]) => controller?.enqueue(encodeFrames(frames)),
    breakOff: () => controller?.error(new TypeError('network error')),
    isCancelled: () => isCancelled,
  }
}
