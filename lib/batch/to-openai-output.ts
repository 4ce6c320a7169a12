import type { BatchResult } from '@/lib/domain/batch'
import type { PublicError } from '@/lib/domain/error'
import type { FinishReason } from '@/lib/domain/message'

/** OpenAI knows no more; the others are vLLM's own. */
const FINISH_REASONS: Partial<Record<FinishReason, string>> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool_calls',
  repetition: 'length',
}

/**
 * A line of OpenAI's batch output: either `response` or `error` is null. An answer that was cut is an
 * error here, for the format has no place for half of one.
 */
export function toOpenAiOutput({
  result,
  batchId,
}: {
  result: BatchResult
  batchId: string
}): object {
  const { index, line, customId = `line-${line}`, error } = result
  const id = `batch_req_${batchId}_${index}`
  if (result.status !== 'complete') {
    return { id, custom_id: customId, response: null, error: toError(error) }
  }
  const response = {
    status_code: 200,
    request_id: `${batchId}-${index}`,
    body: toCompletion({ result, id }),
  }
  return { id, custom_id: customId, response, error: null }
}

function toCompletion({ result, id }: { result: BatchResult; id: string }): object {
  const { reasoning, finishReason, timing, systemFingerprint } = result
  return {
    id: result.completionId ?? id,
    object: 'chat.completion',
    created: Math.floor(result.startedAtMs / 1000),
    model: result.model ?? '',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: result.text,
          refusal: null,
          ...(reasoning === undefined ? {} : { reasoning }),
        },
        logprobs: null,
        finish_reason: (finishReason && FINISH_REASONS[finishReason]) ?? 'stop',
      },
    ],
    ...toUsage(timing),
    ...(systemFingerprint === undefined ? {} : { system_fingerprint: systemFingerprint }),
  }
}

function toUsage(timing: BatchResult['timing']): object {
  const { promptTokens, completionTokens, cachedTokens } = timing ?? {}
  if (promptTokens === undefined || completionTokens === undefined) return {}
  return {
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
      ...(cachedTokens === undefined
        ? {}
        : { prompt_tokens_details: { cached_tokens: cachedTokens } }),
    },
  }
}

function toError(error: PublicError | undefined): { code: string; message: string } {
  const { code = 'internal', details = {} } = error ?? {}
  const facts = Object.entries(details).map(([name, value]) => `${name} ${value}`)
  return { code, message: facts.length === 0 ? code : `${code} (${facts.join(', ')})` }
}
