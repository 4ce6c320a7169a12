import { AppError, isAppError } from '@/lib/domain/error'
import type { ChatMessage, Reply, Thread } from '@/lib/domain/message'
import type { PaintTiming } from '@/lib/domain/reply-timing'
import type { ChatRequest } from '@/lib/domain/stream-chunk'
import type { TimingRow } from '@/lib/domain/timing-row'
import { findRun } from './find-run'
import { listTimingRows } from './list-timing-rows'
import { loadBranch } from './load-branch'
import { loadReply } from './load-reply'
import { type SavedQuestion, saveQuestion } from './save-question'
import type { Database } from './schema'
import { toReply, toTimingRow } from './to-message'

type Checkpoint = { id: string; text: string; reasoning: string }

/** Everything the app keeps. Each call rejects with an AppError; a driver's failure is `storage_failed`. */
export type Store = {
  saveQuestion(options: {
    request: ChatRequest
    replyId: string
    model?: string | undefined
  }): Promise<SavedQuestion>
  /** The reply of a run that was asked for by this very request. @throws {AppError} message_conflict */
  findRun(request: ChatRequest): Promise<Reply | undefined>
  loadReply(runId: string): Promise<Reply | undefined>
  /** Replaces the texts so far in one transaction; a reply that has ended does not change. */
  checkpointReplies(replies: readonly Checkpoint[]): Promise<void>
  /** Writes the end state with its timing in one transaction; an ended reply does not change again. */
  finishReply(reply: Reply): Promise<void>
  /** The branch that ends in the thread's newest message; undefined for an unknown thread. */
  loadThread(threadId: string): Promise<{ thread: Thread; messages: ChatMessage[] } | undefined>
  /** Kept once for each reply: the first paint. @returns false for an unknown reply. */
  savePaint(options: { messageId: string; paint: PaintTiming }): Promise<boolean>
  listTimingRows(options: { limit: number }): Promise<TimingRow[]>
  /** Replies that a crash left as `streaming` become `interrupted`, with the text they had. @returns how many */
  sweepInterrupted(): Promise<number>
  loadSetting(key: string): Promise<string | undefined>
  saveSetting(options: { key: string; value: string }): Promise<void>
  close(): Promise<void>
}

export function createStore({ db, now = Date.now }: { db: Database; now?: () => number }): Store {
  const store: Store = {
    saveQuestion: (options) => saveQuestion({ db, nowMs: now(), ...options }),
    findRun: async (request) => {
      const run = await findRun({ db, request })
      return run === undefined ? undefined : toReply(run)
    },
    loadReply: (runId) => loadReply({ db, runId }),
    checkpointReplies: (replies) => checkpointReplies(db, replies),
    finishReply: (reply) => finishReply(db, reply),
    loadThread: (threadId) => loadThread(db, threadId),
    savePaint: (options) => savePaint(db, options),
    listTimingRows: (options) => listTimingRows({ db, ...options }),
    sweepInterrupted: () => sweepInterrupted(db),
    loadSetting: (key) => loadSetting(db, key),
    saveSetting: (options) => saveSetting(db, options),
    close: () => db.destroy(),
  }
  return guardStore(store)
}

/** The driver's errors are translated at the edge; what cannot be written must never look saved. */
function guardStore(store: Store): Store {
  const guarded = Object.entries(store).map(([name, method]) => [
    name,
    async (...args: unknown[]) => {
      try {
        return await (method as (...args: unknown[]) => Promise<unknown>)(...args)
      } catch (cause) {
        if (isAppError(cause)) throw cause
        throw new AppError('storage_failed', { cause })
      }
    },
  ])
  return Object.fromEntries(guarded) as Store
}

async function checkpointReplies(db: Database, replies: readonly Checkpoint[]): Promise<void> {
  await db.transaction().execute(async (tx) => {
    for (const { id, text, reasoning } of replies) {
      await tx
        .updateTable('messages')
        .set({ text, reasoning })
        .where('id', '=', id)
        .where('status', '=', 'streaming')
        .execute()
    }
  })
}

async function finishReply(db: Database, reply: Reply): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('messages')
      .set({
        text: reply.text,
        reasoning: reply.reasoning,
        status: reply.status,
        finish_reason: reply.finishReason ?? null,
        error_code: reply.error?.code ?? null,
        error_details:
          reply.error?.details === undefined ? null : JSON.stringify(reply.error.details),
        model: reply.model ?? null,
      })
      .where('id', '=', reply.id)
      .where('status', '=', 'streaming')
      .executeTakeFirst()
    if (Number(numUpdatedRows) === 0 || reply.timing === undefined) return
    await tx.insertInto('timings').values(toTimingRow(reply.id, reply.timing)).execute()
  })
}

async function loadThread(db: Database, threadId: string) {
  const row = await db
    .selectFrom('threads')
    .selectAll()
    .where('id', '=', threadId)
    .executeTakeFirst()
  if (row === undefined) return undefined
  const newest = await db
    .selectFrom('messages')
    .select('id')
    .where('thread_id', '=', threadId)
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst()
  const thread: Thread = {
    id: row.id,
    title: row.title,
    createdAtMs: Number(row.created_at_ms),
    updatedAtMs: Number(row.updated_at_ms),
  }
  return {
    thread,
    messages: newest === undefined ? [] : await loadBranch({ db, messageId: newest.id }),
  }
}

async function savePaint(
  db: Database,
  { messageId, paint }: { messageId: string; paint: PaintTiming },
) {
  const reply = await db
    .selectFrom('messages')
    .select('id')
    .where('id', '=', messageId)
    .where('role', '=', 'assistant')
    .executeTakeFirst()
  if (reply === undefined) return false
  await db
    .insertInto('paints')
    .values({ message_id: messageId, browser_ttft_ms: paint.browserTtftMs })
    .onConflict((conflict) => conflict.column('message_id').doNothing())
    .execute()
  return true
}

async function sweepInterrupted(db: Database): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('messages')
    .set({ status: 'interrupted', error_code: 'server_stopping' })
    .where('status', '=', 'streaming')
    .executeTakeFirst()
  return Number(numUpdatedRows)
}

async function loadSetting(db: Database, key: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('settings')
    .select('value')
    .where('key', '=', key)
    .executeTakeFirst()
  return row?.value
}

async function saveSetting(
  db: Database,
  { key, value }: { key: string; value: string },
): Promise<void> {
  await db
    .insertInto('settings')
    .values({ key, value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute()
}
