import { AppError } from '@/lib/domain/error'
import type { Reply } from '@/lib/domain/message'
import { holdThread, touchThread } from './hold-thread'
import { buildMessageRow, nextPosition } from './message-row'
import type { Database } from './schema'
import { queueForSearch } from './search-index'
import { toReply } from './to-message'

/**
 * Writes another reply with the user's text beside the one that was edited, which stays as it was. The
 * same id with the same text is the same edit.
 * @throws {AppError} message_not_found for what is no reply, thread_not_found, run_active while the
 *   reply or another one of its thread is being written, message_conflict
 */
export async function editReply(options: {
  db: Database
  messageId: string
  id: string
  text: string
  nowMs: number
}): Promise<{ reply: Reply; isNew: boolean }> {
  const { db, messageId, id, text, nowMs } = options
  return await db.transaction().execute(async (tx) => {
    const edited = await tx
      .selectFrom('messages')
      .selectAll()
      .where('id', '=', messageId)
      .where('role', '=', 'assistant')
      .executeTakeFirst()
    if (edited === undefined) throw new AppError('message_not_found')
    const threadId = edited.thread_id
    await holdThread(tx, threadId)
    const known = await tx
      .selectFrom('messages')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst()
    if (known !== undefined) {
      const isSame = known.edited_from_id === messageId && known.text === text
      if (!isSame) throw new AppError('message_conflict')
      return { reply: toReply(known), isNew: false }
    }
    const active = await tx
      .selectFrom('messages')
      .select('id')
      .where('thread_id', '=', threadId)
      .where('status', '=', 'streaming')
      .executeTakeFirst()
    if (active !== undefined) throw new AppError('run_active')
    const row = buildMessageRow({
      id,
      thread_id: threadId,
      parent_id: edited.parent_id,
      position: await nextPosition(tx, threadId),
      role: 'assistant',
      text,
      // A reply is known by its run; this one had none.
      run_id: id,
      model: edited.model,
      edited_from_id: messageId,
      is_trim_end: edited.is_trim_end,
      origin: 'edit',
      created_at_ms: nowMs,
    })
    await tx.insertInto('messages').values(row).execute()
    await queueForSearch(tx, [{ thread_id: threadId, message_id: id }])
    await touchThread(tx, { threadId, nowMs })
    return { reply: toReply(row), isNew: true }
  })
}
