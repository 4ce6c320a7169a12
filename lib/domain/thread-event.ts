import type { ThreadSummary } from './thread-summary'

/**
 * What other tabs and browsers are told of, once it is stored. `thread-changed`: a new thread, another
 * title or place in the list, a run that began or ended. `isOverwriting`: the change took the place of
 * another one that its author had not seen.
 */
export type ThreadEvent =
  | { type: 'thread-changed'; threadId: string; thread: ThreadSummary; isOverwriting?: true }
  | { type: 'thread-deleted'; threadId: string }
  /** Many threads have come at once. */
  | { type: 'threads-imported' }
  | {
      type: 'message-added'
      threadId: string
      messageId: string
      role: 'user' | 'assistant'
      /** Of a reply that is being written: it can be followed. */
      runId?: string
    }
