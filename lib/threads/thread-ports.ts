import type { Reply } from '@/lib/domain/message'
import type { SearchPage } from '@/lib/domain/search-page'
import type { Share, SharedThread } from '@/lib/domain/share'
import type { FiledThread } from '@/lib/domain/thread-file'
import type { ThreadPage, ThreadSummary } from '@/lib/domain/thread-summary'

/** What is done with threads needs this of the store; each call rejects with an AppError. */
export type ThreadKeeperPort = {
  listThreads(options: {
    limit: number
    isArchived: boolean
    before?: string | undefined
  }): Promise<ThreadPage>
  loadSummary(threadId: string): Promise<ThreadSummary | undefined>
  changeThread(options: {
    threadId: string
    change: {
      title?: string | undefined
      isPinned?: boolean | undefined
      isArchived?: boolean | undefined
    }
    ifUpdatedAtMs?: number | undefined
  }): Promise<{ thread: ThreadSummary; isOverwriting: boolean }>
  markDeleted(threadId: string): Promise<{ runId: string | undefined }>
  restoreThread(threadId: string): Promise<ThreadSummary>
  purgeDeleted(options: { sinceMs: number }): Promise<number>
  purgeExpired(options: { sinceMs: number }): Promise<number>
  compact(): Promise<void>
  listThreadIds(after?: {
    createdAtMs: number
    id: string
  }): Promise<{ id: string; createdAtMs: number }[]>
  loadFiledThread(threadId: string): Promise<FiledThread | undefined>
  importThreads(threads: readonly FiledThread[]): Promise<{ messageCount: number }>
  saveShare(options: { threadId: string; throughId?: string | undefined }): Promise<Share>
  listShares(threadId: string): Promise<Share[]>
  loadShare(shareId: string): Promise<SharedThread | undefined>
  deleteShare(options: { threadId: string; shareId: string }): Promise<boolean>
  searchThreads(options: {
    query: string
    limit: number
    before?: string | undefined
  }): Promise<SearchPage>
  indexWritten(): Promise<void>
  editReply(options: {
    messageId: string
    id: string
    text: string
  }): Promise<{ reply: Reply; isNew: boolean }>
  forkThread(options: {
    threadId: string
    messageId: string
    id: string
  }): Promise<{ thread: ThreadSummary; isNew: boolean }>
}
