import { isErrorCode, type PublicError } from '@/lib/domain/error'
import type { ChatMessage, FinishReason, Reply, ReplyStatus } from '@/lib/domain/message'
import type { ReplyTiming } from '@/lib/domain/reply-timing'
import type { MessageTable, TimingTable } from './schema'

export type MessageRow = MessageTable & { browser_ttft_ms?: number | null } & Partial<
    Omit<TimingTable, 'message_id'>
  >

export function toMessage(row: MessageRow): ChatMessage {
  const shared = {
    id: row.id,
    threadId: row.thread_id,
    text: row.text,
    createdAtMs: Number(row.created_at_ms),
  }
  if (row.role === 'user') return { ...shared, role: 'user', parentId: row.parent_id }
  return toReply(row)
}

export function toReply(row: MessageRow): Reply {
  const error = toError(row)
  const timing = toTiming(row)
  return {
    id: row.id,
    threadId: row.thread_id,
    parentId: row.parent_id ?? '',
    role: 'assistant',
    runId: row.run_id ?? '',
    text: row.text,
    reasoning: row.reasoning,
    status: row.status as ReplyStatus,
    createdAtMs: Number(row.created_at_ms),
    ...(row.continues_id === null ? {} : { continuesId: row.continues_id }),
    ...(row.edited_from_id === null ? {} : { editedFromId: row.edited_from_id }),
    ...(row.is_trim_end === null ? {} : { isTrimEnd: true }),
    ...(row.trimmed_to_id === null ? {} : { trimmedToId: row.trimmed_to_id }),
    ...(row.part_lengths === null ? {} : { partLengths: JSON.parse(row.part_lengths) }),
    ...(row.finish_reason === null ? {} : { finishReason: row.finish_reason as FinishReason }),
    ...(error === undefined ? {} : { error }),
    ...(row.model === null ? {} : { model: row.model }),
    ...(timing === undefined ? {} : { timing }),
    ...(row.browser_ttft_ms == null ? {} : { paint: { browserTtftMs: row.browser_ttft_ms } }),
  }
}

function toError(row: MessageRow): PublicError | undefined {
  if (!isErrorCode(row.error_code)) return undefined
  return {
    code: row.error_code,
    // A run's id is the request's id in the engine's log and in ours.
    ...(row.run_id === null ? {} : { requestId: row.run_id }),
    ...(row.error_details === null ? {} : { details: JSON.parse(row.error_details) }),
  }
}

const PLAIN_FIELDS = {
  ttftMs: 'ttft_ms',
  overheadMs: 'overhead_ms',
  queueMs: 'queue_ms',
  prefillMs: 'prefill_ms',
  decodeMs: 'decode_ms',
  otherMs: 'other_ms',
  e2elMs: 'e2el_ms',
  tokensPerSecond: 'tokens_per_second',
  promptTokens: 'prompt_tokens',
  cachedTokens: 'cached_tokens',
  completionTokens: 'completion_tokens',
  aheadRequests: 'ahead_requests',
} as const satisfies Partial<Record<keyof ReplyTiming, keyof TimingTable>>

export function toTiming(row: Partial<Omit<TimingTable, 'message_id'>>): ReplyTiming | undefined {
  if (row.e2el_ms == null) return undefined
  const timing: ReplyTiming = { e2elMs: row.e2el_ms }
  for (const [field, column] of Object.entries(PLAIN_FIELDS)) {
    const value = row[column]
    if (value != null) Object.assign(timing, { [field]: value })
  }
  const { inter_token_p50_ms: p50, inter_token_p95_ms: p95, inter_token_max_ms: max } = row
  if (p50 != null && p95 != null && max != null) timing.interTokenMs = { p50, p95, max }
  return timing
}

export function toTimingRow(messageId: string, timing: ReplyTiming): TimingTable {
  const plain = Object.entries(PLAIN_FIELDS).map(([field, column]) => [
    column,
    timing[field as keyof typeof PLAIN_FIELDS] ?? null,
  ])
  return {
    ...(Object.fromEntries(plain) as Omit<TimingTable, 'message_id'>),
    message_id: messageId,
    inter_token_p50_ms: timing.interTokenMs?.p50 ?? null,
    inter_token_p95_ms: timing.interTokenMs?.p95 ?? null,
    inter_token_max_ms: timing.interTokenMs?.max ?? null,
  }
}
