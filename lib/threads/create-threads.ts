import type { Reply } from '@/lib/domain/message'
import type { ThreadSummary } from '@/lib/domain/thread-summary'
import type { Background } from './create-background'
import type { ThreadTeller } from './create-thread-teller'
import type { ThreadKeeperPort } from './thread-ports'

/** The threads as their user handles them; each change is told to the other pages once it is stored. */
export type Threads = Pick<
  ThreadKeeperPort,
  'listThreads' | 'searchThreads' | 'saveShare' | 'listShares' | 'loadShare' | 'deleteShare'
> & {
  /** @throws {AppError} thread_not_found */
  change: ThreadKeeperPort['changeThread']
  /** Stops what is written in it; it can be had back for a while. @throws {AppError} thread_not_found */
  remove(threadId: string): Promise<void>
  /** @throws {AppError} thread_not_found when nothing is left of it */
  restore(threadId: string): Promise<ThreadSummary>
  /** @throws {AppError} message_not_found, run_active, message_conflict */
  editReply(options: { messageId: string; id: string; text: string }): Promise<Reply>
  /** @throws {AppError} thread_not_found, message_not_found, run_active, message_conflict */
  fork(options: { threadId: string; messageId: string; id: string }): Promise<ThreadSummary>
}

/** So long a deleted thread can be had back. */
const UNDO_MS = 30_000
/** Nobody presses the button any more by then. */
const PURGE_MS = UNDO_MS + 5000

export function createThreads(options: {
  keeper: ThreadKeeperPort
  teller: ThreadTeller
  background: Pick<Background, 'runAfter'>
  stopRun: (runId: string) => Promise<unknown>
  isTemporary: (threadId: string) => boolean
}): Threads {
  const { keeper, teller, background, stopRun, isTemporary } = options
  return {
    ...keeper,
    async change(change) {
      const changed = await keeper.changeThread(change)
      teller.changed(changed.thread, changed.isOverwriting)
      return changed
    },
    async remove(threadId) {
      const isKept = !isTemporary(threadId)
      const { runId } = await keeper.markDeleted(threadId)
      if (runId !== undefined) await stopRun(runId)
      if (!isKept) return
      teller.deleted(threadId)
      background.runAfter(PURGE_MS, 'deleted threads could not be purged', async () => {
        if ((await keeper.purgeDeleted({ sinceMs: UNDO_MS })) > 0) await keeper.compact()
      })
    },
    async restore(threadId) {
      const thread = await keeper.restoreThread(threadId)
      teller.changed(thread)
      return thread
    },
    async editReply(edit) {
      const { reply, isNew } = await keeper.editReply(edit)
      if (isNew) teller.edited(reply)
      return reply
    },
    async fork(fork) {
      const { thread, isNew } = await keeper.forkThread(fork)
      if (isNew) teller.changed(thread)
      return thread
    },
  }
}
