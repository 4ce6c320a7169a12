import { cookies } from 'next/headers'
import type { ReactNode } from 'react'
import { ChatFrame } from '@/components/screens/chat-frame'
import { getServices } from '@/lib/server/services'

const FIRST_THREADS = 50

export default async function ChatLayout({ children }: { children: ReactNode }) {
  const { threads } = await getServices()
  const jar = await cookies()
  const page = await threads.listThreads({ limit: FIRST_THREADS, isArchived: false })
  return (
    <ChatFrame
      threads={page.threads}
      nowMs={Date.now()}
      timeZone={parseTimeZone(jar.get('timezone')?.value)}
      isSidebarOpen={jar.get('sidebar')?.value !== 'closed'}
    >
      {children}
    </ChatFrame>
  )
}

/** Undefined for what is no time zone that this server knows. */
function parseTimeZone(timeZone: string | undefined): string | undefined {
  if (timeZone === undefined) return undefined
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone
  } catch {
    return undefined
  }
}
