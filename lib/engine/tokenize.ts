import { AppError } from '@/lib/domain/error'
import type { EngineHttp } from './engine-http'
import type { WireMessage } from './wire'

export type Tokenized = {
  count: number
  maxModelLen: number
  tokens: number[]
  /** One for each token, in the tokenizer's own letters; only when asked for. */
  tokenStrings?: string[]
}

/**
 * Puts the messages through the engine's own chat template and tokenizer.
 * @throws {AppError} `engine_path_not_found` where the server has no /tokenize, `engine_malformed`, or any engine_* code.
 */
export async function tokenizeMessages(options: {
  http: EngineHttp
  model: string
  messages: readonly WireMessage[]
  /** False leaves out the words that open the assistant's turn; vLLM's default is true. */
  addGenerationPrompt?: boolean
  wantsTokenStrings?: boolean
  signal?: AbortSignal
  timeoutMs?: number
}): Promise<Tokenized> {
  const { http, model, messages, addGenerationPrompt, wantsTokenStrings, ...limits } = options
  const answer = await http.request({
    path: '/tokenize',
    base: 'root',
    method: 'POST',
    body: {
      model,
      messages,
      ...(addGenerationPrompt === undefined ? {} : { add_generation_prompt: addGenerationPrompt }),
      ...(wantsTokenStrings === true ? { return_token_strs: true } : {}),
    },
    accept: 'json',
    ...limits,
  })
  return parseTokenized(answer)
}

function parseTokenized(answer: unknown): Tokenized {
  if (
    typeof answer !== 'object' ||
    answer === null ||
    !('count' in answer) ||
    typeof answer.count !== 'number' ||
    !('max_model_len' in answer) ||
    typeof answer.max_model_len !== 'number' ||
    !('tokens' in answer) ||
    !Array.isArray(answer.tokens)
  ) {
    throw new AppError('engine_malformed')
  }
  const strings = 'token_strs' in answer ? answer.token_strs : undefined
  return {
    count: answer.count,
    maxModelLen: answer.max_model_len,
    tokens: answer.tokens.filter((token: unknown) => typeof token === 'number'),
    ...(Array.isArray(strings) ? { tokenStrings: strings.map(String) } : {}),
  }
}
