import type { Reply } from '@/lib/domain/message'
import type { ThreadSummary } from '@/lib/domain/thread-summary'
import type { Background } from './create-background'
import type { ThreadEvents } from './create-thread-events'

/** Tells the other pages of what was stored; of a temporary thread nothing. */
export type ThreadTeller = {
  changed(thread: ThreadSummary, isOverwriting?: boolean): void
  deleted(threadId: string): void
  /** A run has begun or ended with this reply. */
  written(reply: Reply): void
  edited(reply: Reply): void
  imported(): void
}

export function createThreadTeller(options: {
  events: ThreadEvents
  loadSummary: (threadId: string) => Promise<ThreadSummary | undefined>
  isTemporary: (threadId: string) => boolean
  background: Pick<Background, 'run'>
}): ThreadTeller {
  const { events, loadSummary, isTemporary, background } = options
  const isSilent = (threadId: string) => !events.isHeard() || isTemporary(threadId)

  const changed = (thread: ThreadSummary, isOverwriting = false) => {
    if (isSilent(thread.id)) return
    const event = { type: 'thread-changed', threadId: thread.id, thread } as const
    events.publish(isOverwriting ? { ...event, isOverwriting } : event)
  }
  const lookAndTell = (threadId: string) =>
    background.run('a change of a thread could not be told', async () => {
      const thread = await loadSummary(threadId)
      if (thread !== undefined) changed(thread)
    })
  return {
    changed,
    deleted: (threadId) => events.publish({ type: 'thread-deleted', threadId }),
    written({ id, threadId, parentId, runId, status }) {
      if (isSilent(threadId)) return
      if (status === 'streaming') {
        const about = { type: 'message-added', threadId } as const
        events.publish({ ...about, messageId: parentId, role: 'user' })
        events.publish({ ...about, messageId: id, role: 'assistant', runId })
      }
      lookAndTell(threadId)
    },
    edited({ id, threadId }) {
      if (isSilent(threadId)) return
      events.publish({ type: 'message-added', threadId, messageId: id, role: 'assistant' })
      lookAndTell(threadId)
    },
    imported: () => events.publish({ type: 'threads-imported' }),
  }
}
