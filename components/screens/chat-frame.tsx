import type { ReactNode } from 'react'
import { FirstThreads } from '@/components/threads/first-threads'
import type { ThreadSummary } from '@/lib/domain/thread-summary'
import { ChatShell } from './chat-shell'

/** The chat's pages stand in it; written by the server, with what it knows of the threads. */
export function ChatFrame({
  threads,
  nowMs,
  timeZone,
  isSidebarOpen,
  children,
}: {
  threads: ThreadSummary[]
  nowMs: number
  /** Of the reader, where it is known. */
  timeZone: string | undefined
  isSidebarOpen: boolean
  children: ReactNode
}) {
  return (
    <ChatShell
      isOpenAtFirst={isSidebarOpen}
      timeZone={timeZone}
      first={<FirstThreads {...{ threads, nowMs, timeZone: timeZone ?? 'UTC' }} />}
    >
      {children}
    </ChatShell>
  )
}
