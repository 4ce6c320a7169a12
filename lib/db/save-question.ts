import type { Transaction } from 'kysely'
import { AppError } from '@/lib/domain/error'
import { isContinuable } from '@/lib/domain/is-continuable'
import type { ChatMessage, Reply } from '@/lib/domain/message'
import type { Sampling } from '@/lib/domain/sampling'
import { selectTrimmedToId } from '@/lib/domain/select-sent'
import type { ChatRequest } from '@/lib/domain/stream-chunk'
import { toThreadTitle } from '@/lib/domain/to-thread-title'
import { findRun } from './find-run'
import { touchThread } from './hold-thread'
import { loadBranch } from './load-branch'
import { buildMessageRow, nextPosition } from './message-row'
import type { Database, MessageTable, Tables } from './schema'
import { queueForSearch } from './search-index'
import { beginSampling, loadSampling } from './thread-sampling'
import { toMessage, toReply } from './to-message'

/** `joined`: this very run was asked for before; nothing was written and nothing must be sent again. */
export type SavedQuestion =
  | { outcome: 'started'; reply: Reply; history: ChatMessage[]; sampling: Sampling }
  | { outcome: 'joined'; reply: Reply }

/**
 * Commits the question and the still empty reply in one transaction, before the engine is called; a
 * reply that goes on from another begins with its text, and the history then ends in that one.
 * @throws {AppError} message_conflict when the id is known with another text, thread or parent;
 *   run_active while another reply of the thread is being written; thread_not_found for a thread that
 *   was deleted; message_not_found for a parent
 *   that is not a reply of this thread, or a reply to go on from that answers another question;
 *   reply_not_continuable for one that was not cut or has no text
 */
export async function saveQuestion({
  db,
  request,
  replyId,
  model,
  nowMs,
}: {
  db: Database
  request: ChatRequest
  replyId: string
  model?: string | undefined
  nowMs: number
}): Promise<SavedQuestion> {
  return await db.transaction().execute(async (tx) => {
    await holdThread(tx, request, nowMs)
    const run = await findRun({ db: tx, request })
    if (run !== undefined) return { outcome: 'joined', reply: toReply(run) }
    await refuseSecondRun(tx, request.threadId)
    const question = await keepQuestion(tx, request, nowMs)
    await touchThread(tx, { threadId: request.threadId, nowMs })
    const sampling = await keepSampling(tx, request)
    const begun = await loadContinued(tx, request)
    const history = await loadHistory({ tx, request, question, begun })
    const reply = buildMessageRow({
      id: replyId,
      thread_id: request.threadId,
      parent_id: request.message.id,
      position:
        question === undefined ? await nextPosition(tx, request.threadId) : question.position + 1,
      role: 'assistant',
      text: begun?.text ?? '',
      reasoning: begun?.reasoning ?? '',
      status: 'streaming',
      run_id: request.runId,
      model: model ?? null,
      created_at_ms: nowMs,
      continues_id: begun?.id ?? null,
      part_lengths: begun?.part_lengths ?? null,
      trimmed_to_id: selectTrimmedToId(history) ?? null,
    })
    await tx.insertInto('messages').values(reply).execute()
    return { outcome: 'started', reply: toReply(reply), history, sampling }
  })
}

/** Nothing stands before the first question of a branch that was stored just now. */
async function loadHistory(options: {
  tx: Transaction<Tables>
  request: ChatRequest
  question: MessageTable | undefined
  begun: MessageTable | undefined
}): Promise<ChatMessage[]> {
  const { tx, request, question, begun } = options
  if (question?.parent_id === null) return [toMessage(question)]
  return await loadBranch({ db: tx, messageId: begun?.id ?? request.message.id })
}

/** The cut answer that the new one begins with. */
async function loadContinued(
  tx: Transaction<Tables>,
  { continues, threadId, message }: ChatRequest,
): Promise<MessageTable | undefined> {
  if (continues === undefined) return undefined
  const reply = await tx
    .selectFrom('messages')
    .selectAll()
    .where('id', '=', continues)
    .where('thread_id', '=', threadId)
    .where('parent_id', '=', message.id)
    .where('role', '=', 'assistant')
    .executeTakeFirst()
  if (reply === undefined) throw new AppError('message_not_found')
  if (!isContinuable(toReply(reply))) throw new AppError('reply_not_continuable')
  return reply
}

async function refuseSecondRun(tx: Transaction<Tables>, threadId: string): Promise<void> {
  const active = await tx
    .selectFrom('messages')
    .select('id')
    .where('thread_id', '=', threadId)
    .where('status', '=', 'streaming')
    .executeTakeFirst()
  if (active !== undefined) throw new AppError('run_active')
}

/**
 * Makes the thread, or holds its row: whatever else writes to the thread waits for the end of this
 * transaction. @throws {AppError} thread_not_found for one that was deleted
 */
async function holdThread(
  tx: Transaction<Tables>,
  request: ChatRequest,
  nowMs: number,
): Promise<void> {
  const thread = await tx
    .insertInto('threads')
    .values({
      id: request.threadId,
      title: toThreadTitle(request.message.text),
      created_at_ms: nowMs,
      updated_at_ms: nowMs,
      deleted_at_ms: null,
      forked_from_id: null,
    })
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet((row) => ({ id: row.ref('excluded.id') })),
    )
    .returning('deleted_at_ms')
    .executeTakeFirstOrThrow()
  if (thread.deleted_at_ms !== null) throw new AppError('thread_not_found')
}

/** @returns what this run is sampled with */
async function keepSampling(tx: Transaction<Tables>, request: ChatRequest): Promise<Sampling> {
  const { threadId, parentId, sampling } = request
  if (parentId === null && sampling !== undefined) await beginSampling({ tx, threadId, sampling })
  return await loadSampling({ db: tx, threadId })
}

/** @returns its row; undefined where it was stored before */
async function keepQuestion(
  tx: Transaction<Tables>,
  request: ChatRequest,
  nowMs: number,
): Promise<MessageTable | undefined> {
  const { message, threadId, parentId } = request
  const known = await tx
    .selectFrom('messages')
    .selectAll()
    .where('id', '=', message.id)
    .executeTakeFirst()
  if (known !== undefined) {
    const isSame =
      known.role === 'user' &&
      known.text === message.text &&
      known.thread_id === threadId &&
      known.parent_id === parentId
    if (!isSame) throw new AppError('message_conflict')
    return undefined
  }
  if (parentId !== null) {
    const parent = await tx
      .selectFrom('messages')
      .select('role')
      .where('id', '=', parentId)
      .where('thread_id', '=', threadId)
      .executeTakeFirst()
    if (parent?.role !== 'assistant') throw new AppError('message_not_found')
  }
  const position = await nextPosition(tx, threadId)
  const row = buildMessageRow({
    id: message.id,
    thread_id: threadId,
    parent_id: parentId,
    position,
    role: 'user',
    text: message.text,
    created_at_ms: nowMs,
  })
  await tx.insertInto('messages').values(row).execute()
  const place = { thread_id: threadId, message_id: null }
  const title = position === 1 ? [place] : []
  await queueForSearch(tx, [...title, { ...place, message_id: message.id }])
  return row
}
