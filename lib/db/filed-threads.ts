import type { Transaction } from 'kysely'
import type { PublicError } from '@/lib/domain/error'
import type { ChatMessage } from '@/lib/domain/message'
import type { FiledMessage, FiledThread } from '@/lib/domain/thread-file'
import { buildMessageRow } from './message-row'
import type { Database, MessageTable, Tables } from './schema'
import { queueForSearch } from './search-index'
import { loadSummary } from './thread-list'
import { beginSampling, loadSampling } from './thread-sampling'
import { type MessageRow, toMessage, toTimingRow } from './to-message'

const THREADS_AT_ONCE = 100
const ROWS_AT_ONCE = 200

/** Ids of all threads that are there, in pages, in the order of their making. */
export async function listThreadIds(
  db: Database,
  after?: { createdAtMs: number; id: string },
): Promise<{ id: string; createdAtMs: number }[]> {
  let query = db
    .selectFrom('threads')
    .select(['id', 'created_at_ms'])
    .where('deleted_at_ms', 'is', null)
  if (after !== undefined) {
    const { createdAtMs, id } = after
    query = query.where((where) =>
      where.or([
        where('created_at_ms', '>', createdAtMs),
        where.and([where('created_at_ms', '=', createdAtMs), where('id', '>', id)]),
      ]),
    )
  }
  const rows = await query.orderBy('created_at_ms').orderBy('id').limit(THREADS_AT_ONCE).execute()
  return rows.map((row) => ({ id: row.id, createdAtMs: Number(row.created_at_ms) }))
}

/** A thread with all that is written in it; a reply under way is filed as cut. Undefined for one that is not there. */
export async function loadFiledThread(
  db: Database,
  threadId: string,
): Promise<FiledThread | undefined> {
  const summary = await loadSummary(db, threadId)
  if (summary === undefined) return undefined
  const { isRunning: _, ...thread } = summary
  const sampling = await loadSampling({ db, threadId })
  const rows = await db
    .selectFrom('messages')
    .leftJoin('timings', 'timings.message_id', 'messages.id')
    .leftJoin('paints', 'paints.message_id', 'messages.id')
    .selectAll('timings')
    .select('browser_ttft_ms')
    .selectAll('messages')
    .where('messages.thread_id', '=', threadId)
    .orderBy('messages.position')
    .execute()
  const messages = rows.map((row) => toFiled(toMessage(row as MessageRow)))
  return {
    ...thread,
    ...(Object.keys(sampling).length === 0 ? {} : { sampling }),
    messages,
  }
}

function toFiled(message: ChatMessage): FiledMessage {
  const { threadId: _, ...question } = message
  if (question.role === 'user') return question
  const { runId: __, error, ...reply } = question
  return {
    ...reply,
    status: reply.status === 'streaming' ? 'interrupted' : reply.status,
    ...(error === undefined ? {} : { error: withoutRequest(error) }),
  }
}

/** The request is one of this server's log. */
function withoutRequest({ requestId: _, ...error }: PublicError): PublicError {
  return error
}

/** All of them or none. Ids that are in use here are replaced, within the thread. @returns how many messages */
export async function importThreads(options: {
  db: Database
  threads: readonly FiledThread[]
  createId: () => string
}): Promise<{ messageCount: number }> {
  const { db, threads, createId } = options
  let messageCount = 0
  await db.transaction().execute(async (tx) => {
    for (const thread of threads) {
      const isTaken = await usesTakenIds(tx, thread)
      await insertThread(tx, isTaken ? withNewIds(thread, createId) : thread)
      messageCount += thread.messages.length
    }
  })
  return { messageCount }
}

async function usesTakenIds(tx: Transaction<Tables>, thread: FiledThread): Promise<boolean> {
  const known = await tx
    .selectFrom('threads')
    .select('id')
    .where('id', '=', thread.id)
    .executeTakeFirst()
  if (known !== undefined) return true
  for (const messages of inPieces(thread.messages)) {
    const ids = messages.map(({ id }) => id)
    const taken = await tx
      .selectFrom('messages')
      .select('id')
      .where((where) => where.or([where('id', 'in', ids), where('run_id', 'in', ids)]))
      .executeTakeFirst()
    if (taken !== undefined) return true
  }
  return false
}

function withNewIds(thread: FiledThread, createId: () => string): FiledThread {
  const ids = new Map(thread.messages.map(({ id }) => [id, createId()]))
  const rename = (id: string) => ids.get(id) ?? id
  return {
    ...thread,
    id: createId(),
    messages: thread.messages.map((message): FiledMessage => {
      if (message.role === 'user') {
        const parentId = message.parentId === null ? null : rename(message.parentId)
        return { ...message, id: rename(message.id), parentId }
      }
      const { continuesId, editedFromId, trimmedToId } = message
      return {
        ...message,
        id: rename(message.id),
        parentId: rename(message.parentId),
        ...(continuesId === undefined ? {} : { continuesId: rename(continuesId) }),
        ...(editedFromId === undefined ? {} : { editedFromId: rename(editedFromId) }),
        ...(trimmedToId === undefined ? {} : { trimmedToId: rename(trimmedToId) }),
      }
    }),
  }
}

async function insertThread(tx: Transaction<Tables>, thread: FiledThread): Promise<void> {
  const { id, title, createdAtMs, updatedAtMs, isPinned, isArchived, sampling, messages } = thread
  await tx
    .insertInto('threads')
    .values({
      ...{ id, title, deleted_at_ms: null, forked_from_id: null },
      ...{ created_at_ms: createdAtMs, updated_at_ms: updatedAtMs },
      ...{ is_pinned: isPinned ? 1 : 0, is_archived: isArchived ? 1 : 0 },
    })
    .execute()
  if (sampling !== undefined) await beginSampling({ tx, threadId: id, sampling })
  const known = new Set(messages.map((message) => message.id))
  const rows = messages.map((message, index) =>
    toRow({ message, threadId: id, position: index + 1, known }),
  )
  for (const piece of inPieces(rows)) await tx.insertInto('messages').values(piece).execute()
  await insertFigures(tx, messages)
  const texts = messages.map((message) => ({ thread_id: id, message_id: message.id }))
  for (const piece of inPieces([{ thread_id: id, message_id: null }, ...texts])) {
    await queueForSearch(tx, piece)
  }
}

async function insertFigures(
  tx: Transaction<Tables>,
  messages: readonly FiledMessage[],
): Promise<void> {
  const replies = messages.filter((message) => message.role === 'assistant')
  const timings = replies.flatMap(({ id, timing }) =>
    timing === undefined ? [] : [toTimingRow(id, timing)],
  )
  const paints = replies.flatMap(({ id, paint }) =>
    paint === undefined ? [] : [{ message_id: id, browser_ttft_ms: paint.browserTtftMs }],
  )
  for (const piece of inPieces(timings)) await tx.insertInto('timings').values(piece).execute()
  for (const piece of inPieces(paints)) await tx.insertInto('paints').values(piece).execute()
}

function toRow(options: {
  message: FiledMessage
  threadId: string
  position: number
  known: ReadonlySet<string>
}): MessageTable {
  const { message, threadId, position, known } = options
  const { id, text, role, parentId, createdAtMs } = message
  const shared = { id, text, role, position, thread_id: threadId, parent_id: parentId }
  const row = buildMessageRow({ ...shared, created_at_ms: createdAtMs, origin: 'import' })
  if (message.role === 'user') return row
  const { continuesId, error, partLengths } = message
  return {
    ...row,
    reasoning: message.reasoning,
    status: message.status,
    run_id: id,
    finish_reason: message.finishReason ?? null,
    error_code: error?.code ?? null,
    error_details: error?.details === undefined ? null : JSON.stringify(error.details),
    model: message.model ?? null,
    continues_id: continuesId !== undefined && known.has(continuesId) ? continuesId : null,
    part_lengths: partLengths === undefined ? null : JSON.stringify(partLengths),
    edited_from_id: message.editedFromId ?? null,
    is_trim_end: message.isTrimEnd === true ? 1 : null,
    trimmed_to_id: message.trimmedToId ?? null,
  }
}

function* inPieces<Item>(items: readonly Item[]): Generator<Item[]> {
  for (let at = 0; at < items.length; at += ROWS_AT_ONCE) yield items.slice(at, at + ROWS_AT_ONCE)
}
