import type { Transaction } from 'kysely'
import { AppError } from '@/lib/domain/error'
import { isContinuable } from '@/lib/domain/is-continuable'
import type { ChatMessage, Reply } from '@/lib/domain/message'
import { isSamplingEmpty, type Sampling } from '@/lib/domain/sampling'
import { selectTrimmedToId } from '@/lib/domain/select-sent'
import type { ChatRequest } from '@/lib/domain/stream-chunk'
import { toThreadTitle } from '@/lib/domain/to-thread-title'
import { type KnownMessages, loadKnown, pickRun } from './find-run'
import { touchedAtMs } from './hold-thread'
import { loadBranch } from './load-branch'
import { buildMessageRow } from './message-row'
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
    const held = await holdThread(tx, request, nowMs)
    const known = await loadKnown({ db: tx, request })
    const run = pickRun(known, request)
    if (run !== undefined) return { outcome: 'joined', reply: toReply(run) }
    if (known.active !== undefined) throw new AppError('run_active')
    const question = buildQuestion({ request, known, position: held.lastPosition + 1, nowMs })
    const begun = await loadContinued(tx, request)
    const history = await loadHistory({ tx, request, question, begun })
    const reply = buildMessageRow({
      id: replyId,
      thread_id: request.threadId,
      parent_id: request.message.id,
      position: held.lastPosition + (question === undefined ? 1 : 2),
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
    await keepMessages(tx, question === undefined ? [reply] : [question, reply])
    const sampling = await keepSampling({ tx, request, kept: held.sampling })
    return { outcome: 'started', reply: toReply(reply), history, sampling }
  })
}

/** What the engine is asked: the branch down to the question, or to the answer that is gone on from. */
async function loadHistory(options: {
  tx: Transaction<Tables>
  request: ChatRequest
  question: MessageTable | undefined
  begun: MessageTable | undefined
}): Promise<ChatMessage[]> {
  const { tx, request, question, begun } = options
  if (question === undefined) {
    return await loadBranch({ db: tx, messageId: begun?.id ?? request.message.id })
  }
  if (question.parent_id === null) return [toMessage(question)]
  const branch = await loadBranch({ db: tx, messageId: question.parent_id })
  const parent = branch.at(-1)
  if (parent?.role !== 'assistant' || parent.threadId !== request.threadId) {
    throw new AppError('message_not_found')
  }
  return [...branch, toMessage(question)]
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

type HeldThread = { lastPosition: number; sampling: Sampling }

/**
 * Makes the thread, or holds its row: whatever else writes to the thread waits for the end of this
 * transaction. It goes to the top of the list.
 * @throws {AppError} thread_not_found for one that was deleted
 */
async function holdThread(
  tx: Transaction<Tables>,
  request: ChatRequest,
  nowMs: number,
): Promise<HeldThread> {
  const { threadId } = request
  const thread = await tx
    .insertInto('threads')
    .values({
      id: threadId,
      title: toThreadTitle(request.message.text),
      created_at_ms: nowMs,
      updated_at_ms: nowMs,
      deleted_at_ms: null,
      forked_from_id: null,
    })
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet({ updated_at_ms: touchedAtMs(nowMs) }),
    )
    .returning((row) => [
      'deleted_at_ms',
      row
        .selectFrom('messages')
        .select((select) => select.fn.max('position').as('last'))
        .where('thread_id', '=', threadId)
        .as('last_position'),
      row
        .selectFrom('thread_sampling')
        .select('sampling')
        .where('thread_id', '=', threadId)
        .as('sampling'),
    ])
    .executeTakeFirstOrThrow()
  if (thread.deleted_at_ms !== null) throw new AppError('thread_not_found')
  return {
    lastPosition: Number(thread.last_position ?? 0),
    sampling: thread.sampling === null ? {} : JSON.parse(thread.sampling),
  }
}

/** @returns what this run is sampled with */
async function keepSampling(options: {
  tx: Transaction<Tables>
  request: ChatRequest
  kept: Sampling
}): Promise<Sampling> {
  const { tx, request, kept } = options
  const { threadId, parentId, sampling = {} } = request
  if (parentId !== null || isSamplingEmpty(sampling)) return kept
  await beginSampling({ tx, threadId, sampling })
  return await loadSampling({ db: tx, threadId })
}

/** @returns the row that is to be stored; undefined where it was stored before */
function buildQuestion(options: {
  request: ChatRequest
  known: KnownMessages
  position: number
  nowMs: number
}): MessageTable | undefined {
  const { request, known, position, nowMs } = options
  const { message, threadId, parentId } = request
  if (known.question !== undefined) {
    const isSame =
      known.question.role === 'user' &&
      known.question.text === message.text &&
      known.question.thread_id === threadId &&
      known.question.parent_id === parentId
    if (!isSame) throw new AppError('message_conflict')
    return undefined
  }
  return buildMessageRow({
    id: message.id,
    thread_id: threadId,
    parent_id: parentId,
    position,
    role: 'user',
    text: message.text,
    created_at_ms: nowMs,
  })
}

/** The title of a new thread is found by as well. */
async function keepMessages(tx: Transaction<Tables>, rows: MessageTable[]): Promise<void> {
  await tx.insertInto('messages').values(rows).execute()
  const questions = rows.filter(({ role }) => role === 'user')
  const places = questions.flatMap(({ id, thread_id, position }) => {
    const place = { thread_id, message_id: id }
    return position === 1 ? [{ thread_id, message_id: null }, place] : [place]
  })
  await queueForSearch(tx, places)
}
