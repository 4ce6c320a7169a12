import type { Transaction } from 'kysely'
import { AppError } from '@/lib/domain/error'
import type { ThreadSummary } from '@/lib/domain/thread-summary'
import { holdThread } from './hold-thread'
import { loadBranch } from './load-branch'
import { buildMessageRow } from './message-row'
import type { Database, Tables } from './schema'
import { queueForSearch } from './search-index'
import { loadSummary } from './thread-list'
import { beginSampling, loadSampling } from './thread-sampling'

type Fork = { threadId: string; messageId: string; id: string }

/**
 * A thread of its own that begins with a copy of the branch down to a message, under new ids; the
 * figures of its replies come with them. The same id and message is the same fork.
 * @throws {AppError} thread_not_found, message_not_found, run_active while a reply of the branch is
 *   being written, message_conflict
 */
export async function forkThread(
  options: Fork & { db: Database; createId: () => string; nowMs: number },
): Promise<{ thread: ThreadSummary; isNew: boolean }> {
  const { db, threadId, messageId, id, nowMs, createId } = options
  return await db.transaction().execute(async (tx) => {
    const origin = await holdThread(tx, threadId)
    const isNew = (await findFork(tx, options)) === undefined
    if (isNew) {
      const branch = await loadBranch({ db: tx, messageId })
      if (branch.at(-1)?.threadId !== threadId) throw new AppError('message_not_found')
      if (branch.some((message) => message.role === 'assistant' && message.status === 'streaming'))
        throw new AppError('run_active')
      await tx
        .insertInto('threads')
        .values({
          id,
          title: origin.title,
          created_at_ms: nowMs,
          updated_at_ms: nowMs,
          deleted_at_ms: null,
          forked_from_id: messageId,
        })
        .execute()
      await beginSampling({
        tx,
        threadId: id,
        sampling: await loadSampling({ db: tx, threadId }),
      })
      await queueForSearch(tx, [{ thread_id: id, message_id: null }])
      await copyMessages(tx, { ids: branch.map((message) => message.id), threadId: id, createId })
    }
    const thread = await loadSummary(tx, id)
    if (thread === undefined) throw new AppError('message_conflict')
    return { thread, isNew }
  })
}

/** @throws {AppError} message_conflict where the id is another thread's */
async function findFork(tx: Transaction<Tables>, { id, messageId }: Fork) {
  const known = await tx
    .selectFrom('threads')
    .select('forked_from_id')
    .where('id', '=', id)
    .executeTakeFirst()
  if (known !== undefined && known.forked_from_id !== messageId) {
    throw new AppError('message_conflict')
  }
  return known
}

async function copyMessages(
  tx: Transaction<Tables>,
  options: { ids: readonly string[]; threadId: string; createId: () => string },
): Promise<void> {
  const { ids, threadId, createId } = options
  const copies = new Map<string, string>()
  let parentId: string | null = null
  for (const [index, id] of ids.entries()) {
    const row = await tx
      .selectFrom('messages')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    const copyId = createId()
    copies.set(id, copyId)
    const copy = buildMessageRow({
      ...row,
      id: copyId,
      thread_id: threadId,
      parent_id: parentId,
      position: index + 1,
      run_id: row.run_id === null ? null : copyId,
      continues_id: null,
      trimmed_to_id: copies.get(row.trimmed_to_id ?? '') ?? null,
      origin: 'fork',
    })
    await tx.insertInto('messages').values(copy).execute()
    await copyFigures(tx, { id, copyId })
    await queueForSearch(tx, [{ thread_id: threadId, message_id: copyId }])
    parentId = copyId
  }
}

async function copyFigures(
  tx: Transaction<Tables>,
  { id, copyId }: { id: string; copyId: string },
): Promise<void> {
  for (const table of ['timings', 'paints'] as const) {
    const row = await tx
      .selectFrom(table)
      .selectAll()
      .where('message_id', '=', id)
      .executeTakeFirst()
    if (row === undefined) continue
    await tx
      .insertInto(table)
      .values({ ...row, message_id: copyId })
      .execute()
  }
}
