import type { Reply } from '@/lib/domain/message'
import type { SearchPage } from '@/lib/domain/search-page'
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
