import {
  type JsonObject,
  parseBody,
  parseMessages,
  RequestRefused,
  toTurns,
} from './parse-chat-request.ts'
import { checkLength, checkModel, listServedModels } from './prepare-chat.ts'
import type { EngineScenario } from './scenario.ts'
import { formatTokenString, type Token, tokenizeChat, tokenizeText } from './tokenizer.ts'
import { refuse } from './wire-error.ts'

function tokenizeBody(options: { body: JsonObject; modelId: string }): Token[] {
  const { body, modelId } = options
  if (typeof body.prompt === 'string') return tokenizeText(body.prompt)
  const messages = toTurns({ messages: parseMessages(body), modelId })
  if (messages.length === 0) {
    const message =
      'Cannot apply chat template to an empty conversation. Provide at least one message.'
    throw new RequestRefused(refuse({ status: 400, message }))
  }
  if (body.continue_final_message === true) {
    return tokenizeChat({ messages, addGenerationPrompt: false }).slice(0, -2)
  }
  return tokenizeChat({ messages, addGenerationPrompt: body.add_generation_prompt !== false })
}

/** The body of a `/tokenize` answer. @throws {RequestRefused} */
export function answerTokenize(options: {
  raw: string
  contentType: string | undefined
  engine: EngineScenario
}): string {
  const { engine } = options
  const body = parseBody({ body: options.raw, contentType: options.contentType })
  checkModel({ model: body.model, engine })
  const tokens = tokenizeBody({ body, modelId: listServedModels(engine)[0] ?? engine.modelId })
  checkLength({ tokens: tokens.length, engine })
  return JSON.stringify({
    count: tokens.length,
    max_model_len: engine.maxModelLen,
    tokens: tokens.map((token) => token.id),
    token_strs: body.return_token_strs === true ? tokens.map(formatTokenString) : null,
  })
}
