import type { TimingRow } from '@/lib/domain/timing-row'
import { toTpotMs } from './to-tpot'

/** One request as an export writes it: flat, `null` where nothing was reported, ms and tokens in the names. */
export type TimingRecord = Record<(typeof TIMING_RECORD_FIELDS)[number], string | number | null>

/** The columns of an export, in order; they only ever grow at the end. */
export const TIMING_RECORD_FIELDS = [
  'message_id',
  'thread_id',
  'created_at',
  'status',
  'model',
  'ttft_ms',
  'overhead_ms',
  'queue_ms',
  'prefill_ms',
  'other_ms',
  'decode_ms',
  'e2el_ms',
  'tpot_ms',
  'itl_p50_ms',
  'itl_p95_ms',
  'itl_max_ms',
  'tokens_per_second',
  'prompt_tokens',
  'cached_tokens',
  'completion_tokens',
  'ahead_requests',
  'browser_ttft_ms',
  'prefix_reason',
  'flags',
  'process_started_at',
  'question',
] as const

export function toTimingRecord(row: TimingRow): TimingRecord {
  const { timing, paint, flags = [], activity } = row
  return {
    message_id: row.messageId,
    thread_id: row.threadId,
    created_at: toInstant(row.createdAtMs),
    status: row.status,
    model: row.model ?? null,
    ttft_ms: timing?.ttftMs ?? null,
    overhead_ms: timing?.overheadMs ?? null,
    queue_ms: timing?.queueMs ?? null,
    prefill_ms: timing?.prefillMs ?? null,
    other_ms: timing?.otherMs ?? null,
    decode_ms: timing?.decodeMs ?? null,
    e2el_ms: timing?.e2elMs ?? null,
    tpot_ms: (timing && toTpotMs(timing)) ?? null,
    itl_p50_ms: timing?.interTokenMs?.p50 ?? null,
    itl_p95_ms: timing?.interTokenMs?.p95 ?? null,
    itl_max_ms: timing?.interTokenMs?.max ?? null,
    tokens_per_second: timing?.tokensPerSecond ?? null,
    prompt_tokens: timing?.promptTokens ?? null,
    cached_tokens: timing?.cachedTokens ?? null,
    completion_tokens: timing?.completionTokens ?? null,
    ahead_requests: timing?.aheadRequests ?? null,
    browser_ttft_ms: paint?.browserTtftMs ?? null,
    prefix_reason: row.prefixReason ?? null,
    flags: flags.map(({ code }) => code).join(' '),
    process_started_at:
      activity?.processStartedAtMs === undefined ? null : toInstant(activity.processStartedAtMs),
    question: row.question,
  }
}

function toInstant(atMs: number): string {
  return new Date(atMs).toISOString()
}
