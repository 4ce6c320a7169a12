/** A thread as a list shows it. */
export type ThreadSummary = {
  id: string
  title: string
  createdAtMs: number
  updatedAtMs: number
  isPinned: boolean
  isArchived: boolean
  /** An answer is being written in it. */
  isRunning: boolean
}

/** Pinned ones first, then by their last change. `next`: where the rest begins; absent at the end. */
export type ThreadPage = { threads: ThreadSummary[]; next?: string }
