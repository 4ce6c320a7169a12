import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Reply, ThreadBranch } from '@/lib/domain/message'
import type { PaintTiming } from '@/lib/domain/reply-timing'
import type { Sampling } from '@/lib/domain/sampling'
import type { ChatRequest } from '@/lib/domain/stream-chunk'
import type { TimingRow } from '@/lib/domain/timing-row'
import { type ChangeLog, createChangeLog } from './change-log'
import { loadKnown, pickRun } from './find-run'
import { guardStore } from './guard-store'
import { listTimingPage } from './list-timing-page'
import { loadReply } from './load-reply'
import { loadThread } from './load-thread'
import { type SavedQuestion, saveQuestion } from './save-question'
import { saveTrim } from './save-trim'
import type { Database } from './schema'
import { queueForSearch } from './search-index'
import { saveSampling } from './thread-sampling'
import { toReply, toTimingRow } from './to-message'

type Checkpoint = Pick<Reply, 'id' | 'text' | 'reasoning' | 'partLengths'>

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
  /** Replaces the texts so far, some in a transaction; a reply that has ended does not change. */
  checkpointReplies(replies: readonly Checkpoint[]): Promise<void>
  /** Writes the end state with its timing in one transaction; an ended reply does not change again. */
  finishReply(reply: Reply): Promise<void>
  /** The branch that ends in the thread's newest message; undefined for an unknown thread. */
  loadThread(threadId: string): Promise<ThreadBranch | undefined>
  /** The branch through this message, which ends in the newest one below it; of one that is not of this thread, as `loadThread`. */
  loadThreadThrough(options: {
    threadId: string
    messageId: string
  }): Promise<ThreadBranch | undefined>
  /** The last messages of the branch through a message, or of the newest one, or of those above one. */
  loadThreadPage(options: {
    threadId: string
    throughId?: string | undefined
    beforeId?: string | undefined
    limit: number
  }): Promise<ThreadBranch | undefined>
  /** Takes the place of what the thread's next runs were sampled with. @returns false for an unknown thread. */
  saveSampling(options: { threadId: string; sampling: Sampling }): Promise<boolean>
  /** What stands up to this reply is no longer sent below it, or is again. @returns false for one that is not a reply of the thread */
  saveTrim(options: { threadId: string; replyId: string; isTrimEnd: boolean }): Promise<boolean>
  /** Kept once for each reply: the first paint. @returns false for an unknown reply. */
  savePaint(options: { messageId: string; paint: PaintTiming }): Promise<boolean>
  listTimingRows(options: { limit: number }): Promise<TimingRow[]>
  /** Replies that a crash left as `streaming` become `interrupted`, with the text they had. @returns how many */
  sweepInterrupted(): Promise<number>
  loadSetting(key: string): Promise<string | undefined>
  saveSetting(options: { key: string; value: string }): Promise<void>
  close(): Promise<void>
}

export function createStore({
  db,
  now = Date.now,
  changes = createChangeLog(),
}: {
  db: Database
  now?: () => number
  /** Is told of each reply whose row in the list of timings has changed. */
  changes?: ChangeLog
}): Store {
  const store: Store = {
    saveQuestion: async (options) => {
      const saved = await saveQuestion({ db, nowMs: now(), ...options })
      changes.mark(saved.reply.id)
      return saved
    },
    findRun: async (request) => {
      const run = pickRun(await loadKnown({ db, request }), request)
      return run === undefined ? undefined : toReply(run)
    },
    loadReply: (runId) => loadReply({ db, runId }),
    checkpointReplies: (replies) => checkpointReplies(db, replies),
    finishReply: async (reply) => {
      await finishReply(db, reply)
      changes.mark(reply.id)
    },
    loadThread: (threadId) => loadThread({ db, threadId }),
    loadThreadThrough: ({ threadId, messageId }) =>
      loadThread({ db, threadId, throughId: messageId }),
    loadThreadPage: (options) => loadThread({ db, ...options }),
    saveSampling: (options) => saveSampling({ db, ...options }),
    saveTrim: (options) => saveTrim({ db, ...options }),
    savePaint: async (options) => {
      const isKnown = await savePaint(db, options)
      if (isKnown) changes.mark(options.messageId)
      return isKnown
    },
    listTimingRows: async ({ limit }) => (await listTimingPage({ db, filter: {}, limit })).rows,
    sweepInterrupted: () => sweepInterrupted(db),
    loadSetting: (key) => loadSetting(db, key),
    saveSetting: (options) => saveSetting(db, options),
    close: () => db.destroy(),
  }
  return guardStore(store)
}

/** No more in a transaction: SQLite's driver holds up every stream of the server while it writes. */
const CHECKPOINT_REPLIES = 20
const CHECKPOINT_CHARACTERS = 256 * 1024

async function checkpointReplies(db: Database, replies: readonly Checkpoint[]): Promise<void> {
  let next: Checkpoint[] = []
  let characters = 0
  for (const reply of replies) {
    const length = reply.text.length + reply.reasoning.length
    const isFull = next.length >= CHECKPOINT_REPLIES || characters + length > CHECKPOINT_CHARACTERS
    if (isFull && next.length > 0) {
      await checkpointSome(db, next)
      await nextTurn()
      next = []
      characters = 0
    }
    next.push(reply)
    characters += length
  }
  await checkpointSome(db, next)
}

async function checkpointSome(db: Database, replies: readonly Checkpoint[]): Promise<void> {
  await db.transaction().execute(async (tx) => {
    for (const { id, text, reasoning, partLengths } of replies) {
      await tx
        .updateTable('messages')
        .set({ text, reasoning, part_lengths: toPartLengths(partLengths) })
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
        part_lengths: toPartLengths(reply.partLengths),
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
    if (Number(numUpdatedRows) === 0) return
    await queueForSearch(tx, [{ thread_id: reply.threadId, message_id: reply.id }])
    if (reply.timing === undefined) return
    await tx.insertInto('timings').values(toTimingRow(reply.id, reply.timing)).execute()
  })
}

function toPartLengths(lengths: readonly number[] | undefined): string | null {
  return lengths === undefined ? null : JSON.stringify(lengths)
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
  return await db.transaction().execute(async (tx) => {
    const cut = await tx
      .updateTable('messages')
      .set({ status: 'interrupted', error_code: 'server_stopping' })
      .where('status', '=', 'streaming')
      .returning(['thread_id', 'id as message_id'])
      .execute()
    await queueForSearch(tx, cut)
    return cut.length
  })
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
