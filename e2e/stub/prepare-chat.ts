import type { PreparedChat } from './answer-chat.ts'
import {
  type ChatRequest,
  checkSampling,
  type JsonObject,
  parseBody,
  parseChatRequest,
  RequestRefused,
} from './parse-chat-request.ts'
import type { EngineScenario } from './scenario.ts'
import { type Token, tokenizeChat } from './tokenizer.ts'
import { refuse, refuseValue } from './wire-error.ts'

export function listServedModels(engine: EngineScenario): string[] {
  return engine.servedModels.length > 0 ? engine.servedModels : [engine.modelId]
}

/** @throws {RequestRefused} when the model is not served */
export function checkModel(options: { model: unknown; engine: EngineScenario }): void {
  const { model, engine } = options
  const served = listServedModels(engine)
  if (typeof model !== 'string' || served.includes(model)) return
  const message = `The model \`${model}\` does not exist. Valid aliases: ${served.join(', ')}.`
  throw new RequestRefused(refuse({ status: 404, message, param: 'model' }))
}

/** @throws {RequestRefused} with the figures in vLLM's words */
export function checkLength(options: { tokens: number; engine: EngineScenario }): void {
  const { tokens, engine } = options
  if (tokens <= engine.maxModelLen) return
  // The real tokenizer stops one token past the limit, so the count is a lower bound.
  const found = engine.maxModelLen + 1
  const message = `This model's maximum context length is ${engine.maxModelLen} tokens. However, your prompt contains at least ${found} input tokens, which exceeds this limit even without any output tokens. Please reduce the length of the input prompt.`
  throw new RequestRefused(refuseValue({ message, param: 'input_tokens', value: String(found) }))
}

function checkChat(options: { body: JsonObject; request: ChatRequest; engine: EngineScenario }) {
  const { body, request, engine } = options
  checkModel({ model: body.model, engine })
  const wantsTools = Array.isArray(body.tools) && body.tools.length > 0
  if (wantsTools && (body.tool_choice === undefined || body.tool_choice === 'auto')) {
    const message =
      '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'
    throw new RequestRefused(refuse({ status: 400, message }))
  }
  if (request.messages.length === 0) {
    const message =
      'Cannot apply chat template to an empty conversation. Provide at least one message.'
    throw new RequestRefused(refuse({ status: 400, message }))
  }
  if (request.maxTokens !== undefined && request.maxTokens > engine.maxModelLen) {
    const value = String(request.maxTokens)
    const message = `max_tokens=${value} cannot be greater than max_model_len=${engine.maxModelLen}. Please request fewer output tokens.`
    throw new RequestRefused(refuseValue({ message, param: 'max_tokens', value }))
  }
}

/** The prompt's tokens; of an answer to be continued, the last message stays open. */
function tokenizePrompt(request: ChatRequest): Token[] {
  const { messages, isContinuation, addsGenerationPrompt } = request
  if (!isContinuation) return tokenizeChat({ messages, addGenerationPrompt: addsGenerationPrompt })
  return tokenizeChat({ messages, addGenerationPrompt: false }).slice(0, -2)
}

/** Validates in vLLM's order. @throws {RequestRefused} with vLLM's own answer */
export function prepareChat(options: {
  raw: string
  contentType: string | undefined
  engine: EngineScenario
}): PreparedChat {
  const { raw, contentType, engine } = options
  const body = parseBody({ body: raw, contentType })
  const model = listServedModels(engine)[0] ?? engine.modelId
  const request = parseChatRequest({ body, modelId: model })
  checkChat({ body, request, engine })
  const prompt = tokenizePrompt(request)
  checkLength({ tokens: prompt.length, engine })
  const room = engine.maxModelLen - prompt.length
  const limit = Math.min(room, request.maxTokens ?? room)
  checkSampling({ body, maxTokens: limit })
  return {
    request,
    promptIds: prompt.map((token) => token.id),
    promptText: prompt.map((token) => token.text).join(''),
    limit,
    model,
  }
}
