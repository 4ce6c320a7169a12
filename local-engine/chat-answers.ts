import type { WireChunk, WireDelta, WireMetrics, WireUsage } from '../lib/engine/wire.ts'
import type { ChatRequest } from './parse-chat-request.ts'

export type AnswerHead = {
  id: string
  created: number
  model: string
  fingerprint: string
  promptTokens: readonly number[]
  promptText: string
}

export type AnswerUsage = { promptTokens: number; completionTokens: number; cachedTokens: number }

/** Monotonic ms; `undefined` where it did not come so far. */
export type AnswerMarks = {
  queuedMs: number
  scheduledMs: number
  firstTokenMs: number
  lastTokenMs: number
}

type Finish = { finishReason: 'stop' | 'length'; stopReason: string | number | null }

/** Written with the first token, as vLLM does: no earlier byte says that the model is at work. */
export function roleChunk(options: {
  head: AnswerHead
  request: Pick<ChatRequest, 'areTokenIdsReturned' | 'isPromptTextReturned'>
  usage?: WireUsage
}): WireChunk {
  const { head, request, usage } = options
  return {
    ...chunkHead(head),
    choices: [
      { index: 0, delta: { role: 'assistant', content: '' }, logprobs: null, finish_reason: null },
    ],
    ...(usage === undefined ? {} : { usage }),
    prompt_token_ids: request.areTokenIdsReturned ? [...head.promptTokens] : null,
    prompt_text: request.isPromptTextReturned ? head.promptText : null,
  }
}

export function textChunk(options: {
  head: AnswerHead
  text: string
  tokenIds: readonly number[] | undefined
  usage?: WireUsage
  finish?: Finish
  isLastChunk?: boolean
}): WireChunk {
  const { head, text, tokenIds, usage, finish, isLastChunk = false } = options
  const delta: WireDelta = { content: text }
  return {
    ...chunkHead(head),
    choices: [
      {
        index: 0,
        delta,
        logprobs: null,
        finish_reason: finish?.finishReason ?? null,
        ...(finish === undefined ? {} : { stop_reason: finish.stopReason }),
        token_ids: tokenIds === undefined ? null : [...tokenIds],
      },
    ],
    ...(usage === undefined ? {} : { usage }),
    ...(isLastChunk ? { system_fingerprint: head.fingerprint } : {}),
  }
}

export function usageChunk(options: {
  head: AnswerHead
  usage: AnswerUsage
  marks: AnswerMarks
}): WireChunk {
  const { head, usage, marks } = options
  return {
    ...chunkHead(head),
    choices: [],
    usage: toWireUsage({ ...usage, areDetailsKnown: true }),
    system_fingerprint: head.fingerprint,
    metrics: toWireMetrics({ marks, completionTokens: usage.completionTokens }),
  }
}

/** The answer in one piece. */
export function completionBody(options: {
  head: AnswerHead
  request: Pick<ChatRequest, 'areTokenIdsReturned' | 'isPromptTextReturned'>
  text: string
  tokens: readonly number[]
  finish: Finish
  usage: AnswerUsage
  marks: AnswerMarks
}): Record<string, unknown> {
  const { head, request, text, tokens, finish, usage, marks } = options
  return {
    id: head.id,
    object: 'chat.completion',
    created: head.created,
    model: head.model,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: text, refusal: null, reasoning: null },
        logprobs: null,
        finish_reason: finish.finishReason,
        stop_reason: finish.stopReason,
        token_ids: request.areTokenIdsReturned ? tokens : null,
      },
    ],
    system_fingerprint: head.fingerprint,
    usage: toWireUsage({ ...usage, areDetailsKnown: true }),
    prompt_token_ids: request.areTokenIdsReturned ? head.promptTokens : null,
    prompt_text: request.isPromptTextReturned ? head.promptText : null,
    metrics: toWireMetrics({ marks, completionTokens: usage.completionTokens }),
  }
}

/** The details come with the last usage only, as in vLLM. */
export function toWireUsage(usage: AnswerUsage & { areDetailsKnown: boolean }): WireUsage {
  const { promptTokens, completionTokens, cachedTokens, areDetailsKnown } = usage
  return {
    prompt_tokens: promptTokens,
    total_tokens: promptTokens + completionTokens,
    completion_tokens: completionTokens,
    ...(areDetailsKnown ? { prompt_tokens_details: { cached_tokens: cachedTokens } } : {}),
  }
}

/** The definitions of vLLM's `--enable-per-request-metrics`. */
function toWireMetrics(options: { marks: AnswerMarks; completionTokens: number }): WireMetrics {
  const { marks, completionTokens } = options
  const generationMs = marks.lastTokenMs - marks.firstTokenMs
  const wholeSeconds = (marks.lastTokenMs - marks.scheduledMs) / 1000
  return {
    time_to_first_token_ms: marks.firstTokenMs - marks.scheduledMs,
    generation_time_ms: generationMs,
    queue_time_ms: marks.scheduledMs - marks.queuedMs,
    ...(completionTokens > 1 ? { mean_itl_ms: generationMs / (completionTokens - 1) } : {}),
    ...(wholeSeconds > 0 ? { tokens_per_second: completionTokens / wholeSeconds } : {}),
  }
}

function chunkHead(head: AnswerHead): Pick<WireChunk, 'id' | 'object' | 'created' | 'model'> {
  return { id: head.id, object: 'chat.completion.chunk', created: head.created, model: head.model }
}
