import { AppError } from '@/lib/domain/error'
import type { ThreadSummary } from '@/lib/domain/thread-summary'
import { holdThread } from './hold-thread'
import type { Database } from './schema'
import { loadSummary } from './thread-list'

const MESSAGES_AT_ONCE = 500
/** The time of deletion of a thread that is being taken away for good. */
const PURGING = 0

/**
 * From now on it is not there, but can be had back. @returns the run that still writes in it
 * @throws {AppError} thread_not_found
 */
export async function markDeleted(options: {
  db: Database
  threadId: string
  nowMs: number
}): Promise<{ runId: string | undefined }> {
  const { db, threadId, nowMs } = options
  return await db.transaction().execute(async (tx) => {
    await holdThread(tx, threadId)
    await tx
      .updateTable('threads')
      .set({ deleted_at_ms: nowMs })
      .where('id', '=', threadId)
      .execute()
    const active = await tx
      .selectFrom('messages')
      .select('run_id')
      .where('thread_id', '=', threadId)
      .where('status', '=', 'streaming')
      .executeTakeFirst()
    return { runId: active?.run_id ?? undefined }
  })
}

/** Idempotent. @throws {AppError} thread_not_found when nothing is left of it */
export async function restoreThread(db: Database, threadId: string): Promise<ThreadSummary> {
  await db
    .updateTable('threads')
    .set({ deleted_at_ms: null })
    .where('id', '=', threadId)
    .where('deleted_at_ms', '>', PURGING)
    .execute()
  const thread = await loadSummary(db, threadId)
  if (thread === undefined) throw new AppError('thread_not_found')
  return thread
}

/**
 * Takes away for good what was deleted at that time or before, a piece at a time: a crash leaves the
 * rest for the next call. `onGone` is told the id of each message. @returns how many threads
 */
export async function purgeDeleted(options: {
  db: Database
  untilMs: number
  onGone: (messageId: string) => void
}): Promise<number> {
  const { db, untilMs, onGone } = options
  const claimed = await db
    .updateTable('threads')
    .set({ deleted_at_ms: PURGING })
    .where('deleted_at_ms', 'is not', null)
    .where('deleted_at_ms', '<=', untilMs)
    .returning('id')
    .execute()
  for (const { id } of claimed) {
    for (;;) {
      const gone = await purgeMessages(db, id)
      if (gone.length === 0) break
      gone.forEach(onGone)
    }
    await db.deleteFrom('threads').where('id', '=', id).execute()
  }
  return claimed.length
}

/** Deletes, for the next purge, what nobody has written in since then. @returns how many */
export async function expireThreads(db: Database, untilMs: number): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('threads')
    .set({ deleted_at_ms: PURGING })
    .where('deleted_at_ms', 'is', null)
    .where('updated_at_ms', '<', untilMs)
    .where('id', 'not in', (running) =>
      running.selectFrom('messages').select('thread_id').where('status', '=', 'streaming'),
    )
    .executeTakeFirst()
  return Number(numUpdatedRows)
}

/** The newest first: none is gone while another one stands below it. @returns their ids */
async function purgeMessages(db: Database, threadId: string): Promise<string[]> {
  return await db.transaction().execute(async (tx) => {
    const newest = await tx
      .selectFrom('messages')
      .select('id')
      .where('thread_id', '=', threadId)
      .orderBy('position', 'desc')
      .limit(MESSAGES_AT_ONCE)
      .execute()
    const ids = newest.map(({ id }) => id)
    if (ids.length > 0) await tx.deleteFrom('messages').where('id', 'in', ids).execute()
    return ids
  })
}
