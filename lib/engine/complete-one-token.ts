import type { CompletionUsage } from './completion'
import type { EngineHttp } from './engine-http'
import { findAnswerFault } from './find-answer-fault'
import { readUsage } from './read-engine-facts'
import type { WireMessage } from './wire'

/**
 * Lets the engine read the messages and say one token, which is thrown away: their blocks are then
 * in its prefix cache. `undefined`: it did not report its usage.
 * @throws {AppError} an engine_* code; the signal's own reason when the caller aborted.
 */
export async function completeOneToken(options: {
  http: EngineHttp
  apiKey?: string
  model: string
  messages: readonly WireMessage[]
  signal?: AbortSignal
  timeoutMs: number
}): Promise<CompletionUsage | undefined> {
  const { http, apiKey, model, messages, ...limits } = options
  const answer = await http.request({
    path: '/chat/completions',
    base: 'v1',
    method: 'POST',
    body: { model, messages, max_tokens: 1, stream: false },
    accept: 'json',
    ...limits,
  })
  const fault = findAnswerFault(answer, apiKey)
  if (fault !== undefined) throw fault
  if (typeof answer !== 'object' || answer === null || !('usage' in answer)) return undefined
  return readUsage(answer.usage)
}
