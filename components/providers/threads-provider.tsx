'use client'

import { createContext, type ReactNode, useContext, useState } from 'react'
import { createThreadRegistry, type ThreadRegistry } from '@/lib/client/create-thread-registry'

const ThreadsContext = createContext<ThreadRegistry | undefined>(undefined)

/** Stands above the router: a stream outlives navigation. */
export function ThreadsProvider({ children }: { children: ReactNode }) {
  const [registry] = useState(createThreadRegistry)
  return <ThreadsContext value={registry}>{children}</ThreadsContext>
}

export function useThreads(): ThreadRegistry {
  const registry = useContext(ThreadsContext)
  if (registry === undefined) throw new Error('useThreads needs a ThreadsProvider above it')
  return registry
}
