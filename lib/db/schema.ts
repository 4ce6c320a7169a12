import type { ColumnType, Generated, Kysely } from 'kysely'

/** Rows as they lie in the database; they never leave lib/db. Times are epoch ms, durations ms. */
export type ThreadTable = {
  id: string
  title: string
  created_at_ms: number
  updated_at_ms: number
  /** 0 or 1, as all that is yes or no. */
  is_pinned: Generated<number>
  is_archived: Generated<number>
  /** When its title or place was changed last; what is written in it does not count. */
  edited_at_ms: Generated<number>
  /** Null: it is there. Else it can be had back for a while. */
  deleted_at_ms: number | null
  /** The message that it was forked at. */
  forked_from_id: string | null
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
  continues_id: string | null
  /** JSON. */
  part_lengths: string | null
  /** 1: it is; null: it is not. */
  is_trim_end: number | null
  trimmed_to_id: string | null
  edited_from_id: string | null
  /** Null: written here, by a run or its question. Else no engine was asked for it in this thread. */
  origin: 'edit' | 'fork' | 'import' | null
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

/** `sampling`: JSON, with at least one field. */
export type ThreadSamplingTable = { thread_id: string; sampling: string }

export type SettingTable = { key: string; value: string }

export type SystemPromptTable = { sha256: string; text: string }

/** Texts named after a type of the domain hold it as JSON. */
export type RecordTable = {
  message_id: string
  process_started_at_ms: number | null
  /** Null: none. */
  flags: string | null
  prefix_reason: string | null
  prefix: string | null
  activity: string | null
  url: string
  headers: string
  request_model: string
  system_prompt_sha256: string
  sampling: string
  completion_id: string | null
  system_fingerprint: string | null
  engine_version: string | null
}

/** `offsets`: see encodeOffsets. */
export type ArrivalTable = { message_id: string; delta_count: number; offsets: string }

export type UpstreamCallTable = {
  id: string
  kind: string
  cause: string
  started_at_ms: number
  duration_ms: number
  outcome: string
  message_id: string | null
  prompt_tokens: number | null
  completion_tokens: number | null
  count: number | null
}

/** `tokens`: on Postgres alone; on SQLite they are in the virtual table search_index, under the same number. */
export type SearchDocumentTable = {
  id: Generated<number>
  thread_id: string
  /** Null: it is the thread's title. */
  message_id: string | null
  tokens: ColumnType<never, string | undefined, never>
}

/** What is to be indexed, in the order in which it was written. */
export type SearchQueueTable = {
  id: Generated<number>
  thread_id: string
  message_id: string | null
}

/** `snapshot`: a SharedThread as JSON. */
export type ShareTable = { id: string; thread_id: string; created_at_ms: number; snapshot: string }

export type Tables = {
  threads: ThreadTable
  messages: MessageTable
  timings: TimingTable
  paints: PaintTable
  settings: SettingTable
  thread_sampling: ThreadSamplingTable
  system_prompts: SystemPromptTable
  records: RecordTable
  arrivals: ArrivalTable
  upstream_calls: UpstreamCallTable
  search_documents: SearchDocumentTable
  search_queue: SearchQueueTable
  shares: ShareTable
}

export type Database = Kysely<Tables>
