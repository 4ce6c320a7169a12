import type { Kysely } from 'kysely'

/** Rows as they lie in the database; they never leave lib/db. Times are epoch ms, durations ms. */
export type ThreadTable = {
  id: string
  title: string
  created_at_ms: number
  updated_at_ms: number
}

export type MessageTable = {
  id: string
  thread_id: string
  parent_id: string | null
  /** Order within the thread, from 1: time can jump, this cannot. */
  position: number
  role: 'user' | 'assistant'
  text: string
  reasoning: string
  status: string
  run_id: string | null
  finish_reason: string | null
  error_code: string | null
  /** JSON. */
  error_details: string | null
  model: string | null
  created_at_ms: number
}

export type TimingTable = {
  message_id: string
  ttft_ms: number | null
  overhead_ms: number | null
  queue_ms: number | null
  prefill_ms: number | null
  decode_ms: number | null
  other_ms: number | null
  e2el_ms: number
  inter_token_p50_ms: number | null
  inter_token_p95_ms: number | null
  inter_token_max_ms: number | null
  tokens_per_second: number | null
  prompt_tokens: number | null
  cached_tokens: number | null
  completion_tokens: number | null
  ahead_requests: number | null
}

export type PaintTable = { message_id: string; browser_ttft_ms: number }

export type SettingTable = { key: string; value: string }

export type Tables = {
  threads: ThreadTable
  messages: MessageTable
  timings: TimingTable
  paints: PaintTable
  settings: SettingTable
}

export type Database = Kysely<Tables>
