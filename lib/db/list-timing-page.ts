import { sql } from 'kysely'
import type { ReplyStatus } from '@/lib/domain/message'
import type { PrefixReason } from '@/lib/domain/reply-trace'
import type { TimingFilter, TimingRow } from '@/lib/domain/timing-row'
import type { Database, MessageTable, RecordTable, TimingTable } from './schema'
import { toTiming } from './to-message'

const QUESTION_CHARACTERS = 120

/** A place in the list of replies, newest first: the row after which to go on. */
export type TimingPlace = { createdAtMs: number; position: number; messageId: string }

type TimingRowsAndNext = { rows: TimingRow[]; next?: TimingPlace }

/** Some replies that fit the filter, newest first; `next` leads on while there may be more. */
export async function listTimingPage(options: {
  db: Database
  filter: TimingFilter
  limit: number
  after?: TimingPlace | undefined
}): Promise<TimingRowsAndNext> {
  const { db, filter, limit, after } = options
  let query = select(db, filter)
  if (after !== undefined) {
    const { createdAtMs, position, messageId } = after
    query = query.where(
      sql<boolean>`(reply.created_at_ms, reply.position, reply.id) < (${createdAtMs}, ${position}, ${messageId})`,
    )
  }
  const found = await query
    .orderBy('reply.created_at_ms', 'desc')
    .orderBy('reply.position', 'desc')
    .orderBy('reply.id', 'desc')
    .limit(limit)
    .execute()
  const last = found.at(-1)
  const rows = found.map((row) => toTimingRow(row as FoundRow))
  if (last === undefined || found.length < limit) return { rows }
  const next = {
    createdAtMs: Number(last.created_at_ms),
    position: last.position,
    messageId: last.id,
  }
  return { rows, next }
}

/** Those of these replies that are there and fit the filter, newest first. */
export async function listTimingRowsOf(options: {
  db: Database
  filter: TimingFilter
  ids: readonly string[]
}): Promise<TimingRow[]> {
  const { db, filter, ids } = options
  if (ids.length === 0) return []
  const found = await select(db, filter)
    .where('reply.id', 'in', [...ids])
    .orderBy('reply.created_at_ms', 'desc')
    .orderBy('reply.position', 'desc')
    .execute()
  return found.map((row) => toTimingRow(row as FoundRow))
}

type FoundRow = Pick<
  MessageTable,
  'id' | 'thread_id' | 'status' | 'model' | 'created_at_ms' | 'position'
> & { question: string; browser_ttft_ms: number | null } & Nullable<
    Omit<TimingTable, 'message_id'>
  > &
  Nullable<Pick<RecordTable, 'flags' | 'prefix_reason' | 'process_started_at_ms'>>

type Nullable<Row> = { [Column in keyof Row]: Row[Column] | null }

function select(db: Database, filter: TimingFilter) {
  const { threadId, model, status, slowerThanMs, sinceMs } = filter
  let query = db
    .selectFrom('messages as reply')
    .innerJoin('messages as question', 'question.id', 'reply.parent_id')
    .leftJoin('timings', 'timings.message_id', 'reply.id')
    .leftJoin('paints', 'paints.message_id', 'reply.id')
    .leftJoin('records', 'records.message_id', 'reply.id')
    // Written out, not bound: only so does SQLite see that the index of replies serves.
    .where('reply.role', '=', sql.lit('assistant'))
    // What was edited, copied or imported is no work of the engine's.
    .where('reply.origin', 'is', null)
    .selectAll('timings')
    .select([
      'reply.id',
      'reply.thread_id',
      'reply.status',
      'reply.model',
      'reply.created_at_ms',
      'reply.position',
      'browser_ttft_ms',
      'flags',
      'prefix_reason',
      'process_started_at_ms',
    ])
    .select((build) =>
      build
        .fn<string>('substr', ['question.text', build.val(1), build.val(QUESTION_CHARACTERS)])
        .as('question'),
    )
  if (threadId !== undefined) query = query.where('reply.thread_id', '=', threadId)
  if (model !== undefined) query = query.where('reply.model', '=', model)
  if (status !== undefined) query = query.where('reply.status', '=', status)
  if (slowerThanMs !== undefined) query = query.where('ttft_ms', '>', slowerThanMs)
  if (sinceMs !== undefined) query = query.where('reply.created_at_ms', '>=', sinceMs)
  return query
}

function toTimingRow(row: FoundRow): TimingRow {
  const timing = toTiming(row as Parameters<typeof toTiming>[0])
  const { process_started_at_ms: startedAtMs } = row
  return {
    messageId: row.id,
    threadId: row.thread_id,
    question: row.question,
    createdAtMs: Number(row.created_at_ms),
    status: row.status as ReplyStatus,
    ...(row.model === null ? {} : { model: row.model }),
    ...(timing === undefined ? {} : { timing }),
    ...(row.browser_ttft_ms === null ? {} : { paint: { browserTtftMs: row.browser_ttft_ms } }),
    ...(row.flags === null ? {} : { flags: JSON.parse(row.flags) }),
    ...(row.prefix_reason === null ? {} : { prefixReason: row.prefix_reason as PrefixReason }),
    ...(startedAtMs === null ? {} : { activity: { processStartedAtMs: Number(startedAtMs) } }),
  }
}
