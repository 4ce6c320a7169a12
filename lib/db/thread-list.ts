import { sql, type Transaction } from 'kysely'
import { AppError } from '@/lib/domain/error'
import type { ThreadPage, ThreadSummary } from '@/lib/domain/thread-summary'
import { holdThread } from './hold-thread'
import type { Database, Tables } from './schema'
import { queueForSearch } from './search-index'

export type ThreadChange = {
  title?: string | undefined
  isPinned?: boolean | undefined
  isArchived?: boolean | undefined
}

/** Pinned ones first, then by their last change; read along one index, however many there are. */
export async function listThreads(options: {
  db: Database
  limit: number
  isArchived: boolean
  before?: string | undefined
}): Promise<ThreadPage> {
  const { db, limit, isArchived, before } = options
  let query = selectSummaries(db).where('is_archived', '=', toNumber(isArchived))
  const place = before === undefined ? undefined : parsePlace(before)
  if (place !== undefined) {
    const { isPinned, updatedAtMs, id } = place
    query = query.where(
      sql<boolean>`(is_pinned, updated_at_ms, id) < (${isPinned}, ${updatedAtMs}, ${id})`,
    )
  }
  const rows = await query
    .orderBy('is_pinned', 'desc')
    .orderBy('updated_at_ms', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    threads: shown.map(toSummary),
    ...(last === undefined || rows.length <= limit
      ? {}
      : { next: `${last.is_pinned}.${last.updated_at_ms}.${last.id}` }),
  }
}

/** Undefined for a thread that is not there, or was deleted. */
export async function loadSummary(
  db: Database | Transaction<Tables>,
  threadId: string,
): Promise<ThreadSummary | undefined> {
  const row = await selectSummaries(db).where('id', '=', threadId).executeTakeFirst()
  return row === undefined ? undefined : toSummary(row)
}

/**
 * The last change wins. `isOverwriting`: its author had seen the thread at `ifUpdatedAtMs`, and someone
 * changed it after that. A new title counts as a change of the thread, another place does not.
 * @throws {AppError} thread_not_found
 */
export async function changeThread(options: {
  db: Database
  threadId: string
  change: ThreadChange
  ifUpdatedAtMs?: number | undefined
  nowMs: number
}): Promise<{ thread: ThreadSummary; isOverwriting: boolean }> {
  const { db, threadId, change, ifUpdatedAtMs, nowMs } = options
  const { title, isPinned, isArchived } = change
  return await db.transaction().execute(async (tx) => {
    const before = await holdThread(tx, threadId)
    const editedAtMs = Math.max(nowMs, Number(before.updated_at_ms) + 1)
    await tx
      .updateTable('threads')
      .set({
        ...(title === undefined
          ? {}
          : { title, edited_at_ms: editedAtMs, updated_at_ms: editedAtMs }),
        ...(isPinned === undefined ? {} : { is_pinned: toNumber(isPinned) }),
        ...(isArchived === undefined ? {} : { is_archived: toNumber(isArchived) }),
      })
      .where('id', '=', threadId)
      .execute()
    if (title !== undefined) {
      await queueForSearch(tx, [{ thread_id: threadId, message_id: null }])
    }
    const thread = await loadSummary(tx, threadId)
    if (thread === undefined) throw new AppError('thread_not_found')
    const isOverwriting = ifUpdatedAtMs !== undefined && Number(before.edited_at_ms) > ifUpdatedAtMs
    return { thread, isOverwriting }
  })
}

function selectSummaries(db: Database | Transaction<Tables>) {
  return db
    .selectFrom('threads')
    .select(['id', 'title', 'created_at_ms', 'updated_at_ms', 'is_pinned', 'is_archived'])
    .select(
      // The index of active runs answers this, if it is named as in the index.
      sql<number>`exists (select 1 from messages where messages.thread_id = threads.id and messages.status = 'streaming')`.as(
        'is_running',
      ),
    )
    .where('deleted_at_ms', 'is', null)
}

type SummaryRow = Awaited<ReturnType<ReturnType<typeof selectSummaries>['executeTakeFirstOrThrow']>>

function toSummary(row: SummaryRow): ThreadSummary {
  return {
    id: row.id,
    title: row.title,
    createdAtMs: Number(row.created_at_ms),
    updatedAtMs: Number(row.updated_at_ms),
    isPinned: Number(row.is_pinned) === 1,
    isArchived: Number(row.is_archived) === 1,
    isRunning: Boolean(row.is_running),
  }
}

function parsePlace(cursor: string) {
  const [, isPinned, updatedAtMs, id] = /^([01])\.(\d{1,15})\.(.+)$/s.exec(cursor) ?? []
  if (id === undefined) return undefined
  return { isPinned: Number(isPinned), updatedAtMs: Number(updatedAtMs), id }
}

function toNumber(value: boolean): number {
  return value ? 1 : 0
}
