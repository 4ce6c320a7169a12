import type { Database } from './schema'

/**
 * Begins a trim that ends with this reply, or takes it back.
 * @returns false for one that is not a reply of the thread
 */
export async function saveTrim({
  db,
  threadId,
  replyId,
  isTrimEnd,
}: {
  db: Database
  threadId: string
  replyId: string
  isTrimEnd: boolean
}): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('messages')
    .set({ is_trim_end: isTrimEnd ? 1 : null })
    .where('id', '=', replyId)
    .where('thread_id', '=', threadId)
    .where('role', '=', 'assistant')
    .executeTakeFirst()
  return Number(numUpdatedRows) > 0
}
