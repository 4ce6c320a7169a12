import type { UpstreamCall } from '@/lib/domain/reply-trace'
import type { Database, UpstreamCallTable } from './schema'
import { writeLoosely } from './write-loosely'

const MAX_CALLS = 50_000

export async function appendCalls(db: Database, calls: readonly UpstreamCall[]): Promise<void> {
  if (calls.length === 0) return
  await writeLoosely(db, async (tx) => {
    await tx
      .insertInto('upstream_calls')
      .values(calls.map(toRow))
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute()
  })
}

/** Keeps the newest ones. @returns how many went */
export async function pruneCalls(db: Database, limit = MAX_CALLS): Promise<number> {
  const oldest = await db
    .selectFrom('upstream_calls')
    .select(['started_at_ms'])
    .orderBy('started_at_ms', 'desc')
    .orderBy('id', 'desc')
    .offset(limit)
    .limit(1)
    .executeTakeFirst()
  if (oldest === undefined) return 0
  const { numDeletedRows } = await db
    .deleteFrom('upstream_calls')
    .where('started_at_ms', '<=', oldest.started_at_ms)
    .executeTakeFirst()
  return Number(numDeletedRows)
}

/** The newest first. */
export async function listCalls(
  db: Database,
  { limit, messageId }: { limit: number; messageId?: string | undefined },
): Promise<UpstreamCall[]> {
  let query = db.selectFrom('upstream_calls').selectAll()
  if (messageId !== undefined) query = query.where('message_id', '=', messageId)
  const rows = await query
    .orderBy('started_at_ms', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
  return rows.map(toCall)
}

function toRow(call: UpstreamCall): UpstreamCallTable {
  return {
    id: call.id,
    kind: call.kind,
    cause: call.cause,
    started_at_ms: Math.round(call.startedAtMs),
    duration_ms: call.durationMs,
    outcome: call.outcome,
    message_id: call.messageId ?? null,
    prompt_tokens: call.promptTokens ?? null,
    completion_tokens: call.completionTokens ?? null,
    count: call.count ?? null,
  }
}

function toCall(row: UpstreamCallTable): UpstreamCall {
  return {
    id: row.id,
    kind: row.kind as UpstreamCall['kind'],
    cause: row.cause,
    startedAtMs: Number(row.started_at_ms),
    durationMs: row.duration_ms,
    outcome: row.outcome as UpstreamCall['outcome'],
    ...(row.message_id === null ? {} : { messageId: row.message_id }),
    ...(row.prompt_tokens === null ? {} : { promptTokens: row.prompt_tokens }),
    ...(row.completion_tokens === null ? {} : { completionTokens: row.completion_tokens }),
    ...(row.count === null ? {} : { count: row.count }),
  }
}
