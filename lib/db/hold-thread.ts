import type { Selectable, Transaction } from 'kysely'
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

/** Something was written in it: it goes to the top of the list. Its time never goes back. */
export async function touchThread(
  tx: Transaction<Tables>,
  { threadId, nowMs }: { threadId: string; nowMs: number },
): Promise<void> {
  await tx
    .updateTable('threads')
    .set((row) => ({
      updated_at_ms: row
        .case()
        .when('updated_at_ms', '>', nowMs)
        .then(row.ref('updated_at_ms'))
        // As a parameter: as a number it would be another statement each time.
        .else(row.val(nowMs))
        .end(),
    }))
    .where('id', '=', threadId)
    .execute()
}
