'use client'

import { useCallback, useEffect, useReducer } from 'react'
import { useStore } from 'zustand'
import { useThreads } from '@/components/providers/threads-provider'
import type { ThreadStore } from '@/lib/client/create-thread-store'

/**
 * A temporary thread that has begun ends with its page, or with the next chat: nothing of it stays in
 * the server.
 * @returns what is to be done when a new chat is asked for
 */
export function useTemporaryEnd(store: ThreadStore): () => void {
  const threads = useThreads()
  const [, show] = useReducer((count: number) => count + 1, 0)
  const isTemporary = useStore(store, (state) => state.isTemporary && state.messages.length > 0)
  const { threadId } = store.getState()
  useEffect(() => {
    if (!isTemporary) return
    const onHide = ({ persisted }: PageTransitionEvent) => {
      if (!persisted) end(threadId)
    }
    window.addEventListener('pagehide', onHide)
    return () => window.removeEventListener('pagehide', onHide)
  }, [isTemporary, threadId])
  return useCallback(() => {
    if (!isTemporary) return
    // The address is that of a new chat already.
    threads.begin(threadId)
    end(threadId)
    show()
  }, [isTemporary, threads, threadId])
}

function end(threadId: string): void {
  void fetch(`/api/threads/${threadId}`, { method: 'DELETE', keepalive: true }).catch(() => {})
}
