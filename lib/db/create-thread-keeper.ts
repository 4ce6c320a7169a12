import { randomBytes, randomUUID } from 'node:crypto'
import type { Reply } from '@/lib/domain/message'
import type { SearchPage } from '@/lib/domain/search-page'
import type { Share, SharedThread } from '@/lib/domain/share'
import type { FiledThread } from '@/lib/domain/thread-file'
import type { ThreadPage, ThreadSummary } from '@/lib/domain/thread-summary'
import type { ChangeLog } from './change-log'
import { compactStore } from './compact-store'
import { expireThreads, markDeleted, purgeDeleted, restoreThread } from './delete-thread'
import { editReply } from './edit-reply'
import { importThreads, listThreadIds, loadFiledThread } from './filed-threads'
import { forkThread } from './fork-thread'
import { guardStore } from './guard-store'
import type { Database } from './schema'
import { indexNext } from './search-index'
import { searchThreads } from './search-threads'
import { deleteShare, listShares, loadShare, saveShare } from './shares'
import { changeThread, listThreads, loadSummary, type ThreadChange } from './thread-list'

/** What is done with whole threads, and by hand in them. Each call rejects with an AppError, as those of the Store. */
export type ThreadKeeper = {
  /** Pinned ones first, then by their last change. */
  listThreads(options: {
    limit: number
    isArchived: boolean
    before?: string | undefined
  }): Promise<ThreadPage>
  /** Undefined for one that is not there. */
  loadSummary(threadId: string): Promise<ThreadSummary | undefined>
  /** The last change wins. @throws {AppError} thread_not_found */
  changeThread(options: {
    threadId: string
    change: ThreadChange
    ifUpdatedAtMs?: number | undefined
  }): Promise<{ thread: ThreadSummary; isOverwriting: boolean }>
  /** @returns the run that still writes in it. @throws {AppError} thread_not_found */
  markDeleted(threadId: string): Promise<{ runId: string | undefined }>
  /** @throws {AppError} thread_not_found when nothing is left of it */
  restoreThread(threadId: string): Promise<ThreadSummary>
  /** Takes away for good what was deleted so long ago. @returns how many threads */
  purgeDeleted(options: { sinceMs: number }): Promise<number>
  /** Deletes for good what nobody has written in for so long. @returns how many threads */
  purgeExpired(options: { sinceMs: number }): Promise<number>
  /** Gives back to the disk what was deleted. */
  compact(): Promise<void>
  listThreadIds(after?: {
    createdAtMs: number
    id: string
  }): Promise<{ id: string; createdAtMs: number }[]>
  /** Undefined for one that is not there. */
  loadFiledThread(threadId: string): Promise<FiledThread | undefined>
  /** All of them or none. */
  importThreads(threads: readonly FiledThread[]): Promise<{ messageCount: number }>
  /** @throws {AppError} thread_not_found */
  saveShare(options: { threadId: string; throughId?: string | undefined }): Promise<Share>
  listShares(threadId: string): Promise<Share[]>
  loadShare(shareId: string): Promise<SharedThread | undefined>
  deleteShare(options: { threadId: string; shareId: string }): Promise<boolean>
  /** The last written first; all that was written before the call is found. */
  searchThreads(options: {
    query: string
    limit: number
    before?: string | undefined
  }): Promise<SearchPage>
  /** Makes what was written lately findable, ahead of a search. */
  indexWritten(): Promise<void>
  /** @throws {AppError} message_not_found, run_active, message_conflict */
  editReply(options: {
    messageId: string
    id: string
    text: string
  }): Promise<{ reply: Reply; isNew: boolean }>
  /** @throws {AppError} thread_not_found, message_not_found, run_active, message_conflict */
  forkThread(options: {
    threadId: string
    messageId: string
    id: string
  }): Promise<{ thread: ThreadSummary; isNew: boolean }>
}

export function createThreadKeeper({
  db,
  changes,
  now = Date.now,
  createId = randomUUID,
}: {
  db: Database
  /** Is told of each message that is gone for good. */
  changes: ChangeLog
  now?: () => number
  createId?: () => string
}): ThreadKeeper {
  const indexWritten = createIndexer(db)
  const purge = (untilMs: number) => purgeDeleted({ db, untilMs, onGone: changes.mark })
  return guardStore({
    listThreads: (options) => listThreads({ db, ...options }),
    loadSummary: (threadId) => loadSummary(db, threadId),
    changeThread: (options) => changeThread({ db, ...options, nowMs: now() }),
    markDeleted: (threadId) => markDeleted({ db, threadId, nowMs: now() }),
    restoreThread: (threadId) => restoreThread(db, threadId),
    purgeDeleted: ({ sinceMs }) => purge(now() - sinceMs),
    purgeExpired: async ({ sinceMs }) => {
      await expireThreads(db, now() - sinceMs)
      return await purge(0)
    },
    compact: () => compactStore(db),
    listThreadIds: (after) => listThreadIds(db, after),
    loadFiledThread: (threadId) => loadFiledThread(db, threadId),
    importThreads: (threads) => importThreads({ db, threads, createId }),
    saveShare: (options) => saveShare({ db, ...options, shareId: createShareId(), nowMs: now() }),
    listShares: (threadId) => listShares(db, threadId),
    loadShare: (shareId) => loadShare(db, shareId),
    deleteShare: (options) => deleteShare(db, options),
    searchThreads: async (options) => {
      await indexWritten()
      return await searchThreads({ db, ...options })
    },
    indexWritten,
    editReply: (options) => editReply({ db, ...options, nowMs: now() }),
    forkThread: (options) => forkThread({ db, ...options, nowMs: now(), createId }),
  } satisfies ThreadKeeper)
}

/** 128 bits that nobody guesses. */
function createShareId(): string {
  return randomBytes(16).toString('base64url')
}

/** One at a time: a call takes up what is left when the call before has ended. */
function createIndexer(db: Database): () => Promise<void> {
  let last: Promise<unknown> = Promise.resolve()
  return async () => {
    const own = last
      .catch(() => undefined)
      .then(async () => {
        while ((await indexNext(db)) > 0);
      })
    last = own
    await own
  }
}
