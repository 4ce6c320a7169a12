import type { IncomingMessage, ServerResponse } from 'node:http'
import type { WireModelList, WireTokenizeResponse } from '../lib/engine/wire.ts'
import { answerChat } from './answer-chat.ts'
import { type Body, readWholeNumbers, toPython } from './body-reader.ts'
import { formatMetrics } from './engine-counters.ts'
import { parseTemplateRequest } from './parse-chat-request.ts'
import { type ServedEngine, tokenizePrompt } from './served-engine.ts'
import { validationFault, WireFault } from './wire-fault.ts'

export type RouteContext = {
  engine: ServedEngine
  request: IncomingMessage
  response: ServerResponse
  requestId: string
  /** Aborts when the socket closes before the answer is complete. */
  signal: AbortSignal
}

export type Route =
  | { method: 'GET'; handle: (context: RouteContext) => void }
  | { method: 'POST'; handle: (context: RouteContext & { body: Body }) => void | Promise<void> }

/** Started at the epoch: process.uptime counts from the start of this process. */
const processStartedAtMs = Date.now() - process.uptime() * 1000

export const ROUTES: Record<string, Route> = {
  '/v1/models': {
    method: 'GET',
    handle: ({ engine, response }) => sendJson({ response, body: toModelList(engine) }),
  },
  '/v1/chat/completions': {
    method: 'POST',
    handle: (context) => {
      requireModel(context)
      return answerChat(context)
    },
  },
  '/tokenize': { method: 'POST', handle: tokenize },
  '/detokenize': { method: 'POST', handle: detokenize },
  '/metrics': { method: 'GET', handle: sendMetrics },
}

export function sendJson(options: {
  response: ServerResponse
  body: unknown
  status?: number
  headers?: Record<string, string>
}): void {
  const { response, body, status = 200, headers = {} } = options
  const bytes = Buffer.from(JSON.stringify(body))
  response.writeHead(status, {
    ...headers,
    'content-type': 'application/json',
    'content-length': bytes.length,
  })
  response.end(bytes)
}

function requireModel({ engine, body }: { engine: ServedEngine; body: Body }): void {
  const { model } = body
  if (model === undefined || model === null || model === engine.modelId) return
  throw new WireFault({
    status: 404,
    message: `The model \`${String(model)}\` does not exist. Valid aliases: ${engine.modelId}.`,
    param: 'model',
  })
}

function toModelList(engine: ServedEngine): WireModelList {
  const { modelId, modelPath, createdSeconds, loaded } = engine
  return {
    object: 'list',
    data: [
      {
        id: modelId,
        object: 'model',
        created: createdSeconds,
        owned_by: 'first-token-local',
        root: modelPath,
        parent: null,
        max_model_len: loaded.maxModelLen,
      },
    ],
  }
}

function tokenize({ engine, response, body }: RouteContext & { body: Body }): void {
  requireModel({ engine, body })
  const { loaded, modelId } = engine
  const text =
    typeof body.prompt === 'string'
      ? body.prompt
      : loaded.template.render(parseTemplateRequest({ body, modelId }))
  const tokens = tokenizePrompt({ loaded, text })
  const answer: WireTokenizeResponse = {
    count: tokens.length,
    max_model_len: loaded.maxModelLen,
    tokens,
    token_strs:
      body.return_token_strs === true
        ? tokens.map((token) => loaded.model.detokenize([token], true))
        : null,
  }
  sendJson({ response, body: answer })
}

function detokenize({ engine, response, body }: RouteContext & { body: Body }): void {
  requireModel({ engine, body })
  if (body.tokens === undefined) {
    throw validationFault({
      type: 'missing',
      loc: 'body.tokens',
      msg: 'Field required',
      input: toPython(body),
    })
  }
  const tokens = readWholeNumbers({ body, name: 'tokens' })
  sendJson({ response, body: { prompt: engine.loaded.model.detokenize(tokens, true) } })
}

function sendMetrics({ engine, response }: RouteContext): void {
  const { counters, modelId, queue, loaded } = engine
  response.writeHead(200, { 'content-type': 'text/plain; version=1.0.0; charset=utf-8' })
  response.end(
    formatMetrics({
      counters,
      modelId,
      processStartedAtMs,
      running: queue.running(),
      waiting: queue.waiting(),
      kvTokens: loaded.sequence.nextTokenIndex,
      maxModelLen: loaded.maxModelLen,
    }),
  )
}
