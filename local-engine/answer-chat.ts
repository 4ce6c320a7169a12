import type { ServerResponse } from 'node:http'
import type { Body } from './body-reader.ts'
import {
  type AnswerHead,
  type AnswerMarks,
  type AnswerUsage,
  completionBody,
  roleChunk,
  textChunk,
  toWireUsage,
  usageChunk,
} from './chat-answers.ts'
import { generateReply, type ReplyEvent } from './generate-reply.ts'
import { type ChatRequest, parseChatRequest, tooFewTokens } from './parse-chat-request.ts'
import { type ServedEngine, tokenizePrompt } from './served-engine.ts'
import { WireFault } from './wire-fault.ts'

type Work = { engine: ServedEngine; head: AnswerHead; request: ChatRequest; signal: AbortSignal }

/**
 * POST /v1/chat/completions. A closed socket takes the request out of the queue, or stops the
 * generation after the token (or the piece of the prompt) that is being computed.
 * @throws {WireFault} before the first byte was written.
 */
export async function answerChat(options: {
  engine: ServedEngine
  body: Body
  requestId: string
  response: ServerResponse
  signal: AbortSignal
}): Promise<void> {
  const { engine, body, requestId, response, signal } = options
  const { modelId, loaded, defaults } = engine
  const { maxModelLen } = loaded
  const request = parseChatRequest({ body, modelId, maxModelLen, defaults })
  const promptText = loaded.template.render(request.template)
  const promptTokens = tokenizePrompt({ loaded, text: promptText })
  requireRoom({ promptTokens: promptTokens.length, maxModelLen })
  const head: AnswerHead = {
    id: `chatcmpl-${requestId}`,
    created: Math.floor(Date.now() / 1000),
    model: modelId,
    fingerprint: engine.fingerprint,
    promptTokens,
    promptText,
  }
  const work = { engine, head, request, signal }
  try {
    await (request.isStream ? streamAnswer({ work, response }) : sendAnswer({ work, response }))
  } catch (error) {
    if (signal.aborted) {
      engine.counters.finished.abort += 1
      return
    }
    engine.counters.finished.error += 1
    await loaded.sequence.clearHistory().catch(() => undefined)
    throw error
  }
}

/** vLLM's tokenizer stops one token past the limit, hence "at least". */
function requireRoom(options: { promptTokens: number; maxModelLen: number }): void {
  const { promptTokens, maxModelLen } = options
  if (promptTokens === maxModelLen) throw tooFewTokens(0)
  if (promptTokens < maxModelLen) return
  const counted = maxModelLen + 1
  throw new WireFault({
    message: `This model's maximum context length is ${maxModelLen} tokens. However, your prompt contains at least ${counted} input tokens, which exceeds this limit even without any output tokens. Please reduce the length of the input prompt. (parameter=input_tokens, value=${counted})`,
    param: 'input_tokens',
  })
}

async function streamAnswer({ work, response }: { work: Work; response: ServerResponse }) {
  const { head, request } = work
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
  })
  response.flushHeaders()
  const send = (event: unknown) => response.write(`data: ${JSON.stringify(event)}\n\n`)
  const running = (usage: AnswerUsage) =>
    request.isUsageContinuous ? { usage: toWireUsage({ ...usage, areDetailsKnown: false }) } : {}
  let isFirst = true
  let pending: number[] = []
  try {
    await runReply({
      work,
      onEvent: (event, { usage, marks }) => {
        if (event.type === 'prompt') return
        if (isFirst) {
          send(roleChunk({ head, request, ...running({ ...usage, completionTokens: 0 }) }))
        }
        isFirst = false
        pending.push(event.token)
        if (event.type === 'token' && event.text === '') return
        const tokenIds = request.areTokenIdsReturned ? pending : undefined
        const isEnd = event.type === 'end'
        send(
          textChunk({
            head,
            text: event.text,
            tokenIds,
            ...running(usage),
            ...(isEnd ? { finish: event, isLastChunk: !request.isUsageIncluded } : {}),
          }),
        )
        pending = []
        if (isEnd && request.isUsageIncluded) send(usageChunk({ head, usage, marks }))
      },
    })
  } catch (error) {
    if (work.signal.aborted) throw error
    send(new WireFault({ status: 500, message: 'Internal server error' }).body)
    response.end('data: [DONE]\n\n')
    throw error
  }
  response.end('data: [DONE]\n\n')
}

async function sendAnswer({ work, response }: { work: Work; response: ServerResponse }) {
  const { head, request } = work
  let text = ''
  const tokens: number[] = []
  let body: Record<string, unknown> = {}
  await runReply({
    work,
    onEvent: (event, { usage, marks }) => {
      if (event.type === 'prompt') return
      text += event.text
      tokens.push(event.token)
      if (event.type === 'end') {
        body = completionBody({ head, request, text, tokens, finish: event, usage, marks })
      }
    },
  })
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

/** Waits for its turn, counts and times what comes, and hands it on in order. */
async function runReply(options: {
  work: Work
  onEvent: (event: ReplyEvent, so: { usage: AnswerUsage; marks: AnswerMarks }) => void
}): Promise<void> {
  const { work, onEvent } = options
  const { engine, head, request, signal } = work
  const { loaded, counters } = engine
  const promptTokens = head.promptTokens.length
  const room = loaded.maxModelLen - promptTokens
  const maxTokens = Math.min(request.maxTokens ?? room, room)
  const queuedMs = performance.now()
  await engine.queue.run({
    signal,
    task: async () => {
      const scheduledMs = performance.now()
      const marks = { queuedMs, scheduledMs, firstTokenMs: 0, lastTokenMs: 0 }
      const usage = { promptTokens, completionTokens: 0, cachedTokens: 0 }
      const events = generateReply({
        loaded,
        promptTokens: head.promptTokens,
        request,
        maxTokens,
        signal,
      })
      counters.promptTokens += promptTokens
      for await (const event of events) {
        count({ event, usage, marks, counters })
        onEvent(event, { usage, marks })
        if (event.type === 'end') counters.finished[event.finishReason] += 1
      }
    },
  })
}

function count(options: {
  event: ReplyEvent
  usage: AnswerUsage
  marks: AnswerMarks
  counters: ServedEngine['counters']
}): void {
  const { event, usage, marks, counters } = options
  if (event.type === 'prompt') {
    usage.cachedTokens += event.cachedTokens
    counters.cachedTokens += event.cachedTokens
    counters.computedTokens += event.computedTokens
    if (event.computedTokens > 0) counters.steps += 1
    return
  }
  const now = performance.now()
  if (usage.completionTokens === 0) marks.firstTokenMs = now
  marks.lastTokenMs = now
  usage.completionTokens += 1
  counters.generationTokens += 1
  counters.steps += 1
}
