import { type RawBuilder, type Selectable, sql, type Transaction } from 'kysely'
import { AppError } from '@/lib/domain/error'
import type { Tables, ThreadTable } from './schema'

/**
 * Holds the thread's row: whatever else writes to the thread waits for the end of this transaction.
 * @throws {AppError} thread_not_found, also for one that was deleted
 */
export async function holdThread(
  tx: Transaction<Tables>,
  threadId: string,
): Promise<Selectable<ThreadTable>> {
  const thread = await tx
    .updateTable('threads')
    .set((row) => ({ id: row.ref('id') }))
    .where('id', '=', threadId)
    .where('deleted_at_ms', 'is', null)
    .returningAll()
    .executeTakeFirst()
  if (thread === undefined) throw new AppError('thread_not_found')
  return thread
}

/** The time of a thread that something is written in now: it never goes back. */
export function touchedAtMs(nowMs: number): RawBuilder<number> {
  return sql`case when threads.updated_at_ms > ${nowMs} then threads.updated_at_ms else ${nowMs} end`
}

/** Something was written in it: it goes to the top of the list. */
export async function touchThread(
  tx: Transaction<Tables>,
  { threadId, nowMs }: { threadId: string; nowMs: number },
): Promise<void> {
  await tx
    .updateTable('threads')
    .set({ updated_at_ms: touchedAtMs(nowMs) })
    .where('id', '=', threadId)
    .execute()
}
