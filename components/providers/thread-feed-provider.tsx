'use client'

import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'
import { createThreadFeed, type FeedEvent, type ThreadFeed } from '@/lib/client/thread-feed'
import { useThreads } from './threads-provider'

const ThreadFeedContext = createContext<ThreadFeed | undefined>(undefined)

/** One connection a page; the threads that are open here follow what other tabs do with them. */
export function ThreadFeedProvider({ children }: { children: ReactNode }) {
  const threads = useThreads()
  const [feed, setFeed] = useState<ThreadFeed>()
  useEffect(() => {
    const started = createThreadFeed()
    started.subscribe((event) => {
      if (event.type === 'opened' || event.type === 'reopened') {
        for (const store of threads.all()) void store.actions.refresh()
        return
      }
      const store = threads.get(event.threadId)
      if (store === undefined) return
      if (event.type === 'message-added') void store.actions.refresh()
      else store.actions.noteDeleted(event.type === 'thread-deleted')
      if (event.type === 'thread-changed') store.actions.noteTitle(event.thread.title)
    })
    setFeed(started)
    return started.start()
  }, [threads])
  return <ThreadFeedContext value={feed}>{children}</ThreadFeedContext>
}

/** `listener`: the same function for as long as it is to be called. */
export function useThreadFeed(listener: (event: FeedEvent) => unknown): void {
  const feed = useContext(ThreadFeedContext)
  useEffect(() => feed?.subscribe(listener), [feed, listener])
}
