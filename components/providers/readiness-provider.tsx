'use client'

import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'
import { useStore } from 'zustand'
import {
  createReadinessStore,
  type ReadinessActions,
  type ReadinessState,
  type ReadinessStore,
} from '@/lib/client/readiness-store'
import type { Readiness } from '@/lib/domain/readiness'

const ReadinessContext = createContext<ReadinessStore | undefined>(undefined)

/** One store and one poller a page, above the router. */
export function ReadinessProvider({
  initial,
  store: given,
  children,
}: {
  initial: Readiness
  store?: ReadinessStore
  children: ReactNode
}) {
  const [store] = useState(() => given ?? createReadinessStore({ initial }))
  useEffect(() => store.getState().startPolling(), [store])
  return <ReadinessContext value={store}>{children}</ReadinessContext>
}

function useReadinessStore(): ReadinessStore {
  const store = useContext(ReadinessContext)
  if (store === undefined) throw new Error('useReadiness needs a ReadinessProvider above it')
  return store
}

export function useReadiness<T>(selector: (state: ReadinessState & ReadinessActions) => T): T {
  return useStore(useReadinessStore(), selector)
}
