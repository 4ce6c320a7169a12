import type { BatchResult } from '@/lib/domain/batch'
import { toTpotMs } from '@/lib/timing/to-tpot'

/** The columns of a result, in order, beside those passed through; they only ever grow at the end. */
export const RESULT_FIELDS = [
  'line',
  'custom_id',
  'prompt',
  'answer',
  'reasoning',
  'status',
  'error',
  'finish_reason',
  'model',
  'attempts',
  'started_at',
  'ttft_ms',
  'tpot_ms',
  'e2el_ms',
  'queue_ms',
  'prefill_ms',
  'tokens_per_second',
  'prompt_tokens',
  'cached_tokens',
  'completion_tokens',
] as const

export type ResultRecord = Record<(typeof RESULT_FIELDS)[number], string | number | null>

/** Flat, with the names of the other exports; `null` where nothing was reported. */
export function toResultRecord(result: BatchResult): ResultRecord {
  const { timing } = result
  return {
    line: result.line,
    custom_id: result.customId ?? null,
    prompt: result.prompt,
    answer: result.text,
    reasoning: result.reasoning ?? null,
    status: result.status,
    error: result.error?.code ?? null,
    finish_reason: result.finishReason ?? null,
    model: result.model ?? null,
    attempts: result.attempts,
    started_at: new Date(result.startedAtMs).toISOString(),
    ttft_ms: timing?.ttftMs ?? null,
    tpot_ms: (timing && toTpotMs(timing)) ?? null,
    e2el_ms: timing?.e2elMs ?? null,
    queue_ms: timing?.queueMs ?? null,
    prefill_ms: timing?.prefillMs ?? null,
    tokens_per_second: timing?.tokensPerSecond ?? null,
    prompt_tokens: timing?.promptTokens ?? null,
    cached_tokens: timing?.cachedTokens ?? null,
    completion_tokens: timing?.completionTokens ?? null,
  }
}
