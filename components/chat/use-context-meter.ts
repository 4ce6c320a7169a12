'use client'

import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { ThreadStore } from '@/lib/client/create-thread-store'
import { type MeasureContext, measureContext } from '@/lib/client/measure-context'
import { selectParentId, selectTrimId } from '@/lib/client/thread-state'
import type { ContextMeter } from '@/lib/domain/context-meter'
import { isAppError } from '@/lib/domain/error'

const REST_MS = 400

/** Threads whose engine has no tokenizer to ask: it has none the next time either. */
const withoutTokenizer = new WeakSet<ThreadStore>()

/**
 * The size of the prompt that the draft would make, asked when typing has rested. Undefined until
 * then, and where the engine cannot count.
 */
export function useContextMeter({
  store,
  measure = measureContext,
}: {
  store: ThreadStore
  measure?: MeasureContext | undefined
}): ContextMeter | undefined {
  const { threadId } = store.getState()
  const draft = useStore(store, (state) => state.draft)
  const parentId = useStore(store, selectParentId)
  const trimId = useStore(store, selectTrimId)
  const [meter, setMeter] = useState<ContextMeter>()

  // biome-ignore lint/correctness/useExhaustiveDependencies: a trim changes the prompt
  useEffect(() => {
    if (withoutTokenizer.has(store)) return
    const stop = new AbortController()
    const timer = setTimeout(() => {
      measure({ threadId, parentId, text: draft, signal: stop.signal }).then(
        (answer) => {
          if (!stop.signal.aborted) setMeter(answer)
        },
        (error) => {
          if (stop.signal.aborted) return
          setMeter(undefined)
          const isMissing = isAppError(error) && error.code === 'engine_path_not_found'
          if (isMissing) withoutTokenizer.add(store)
        },
      )
    }, REST_MS)
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
  }, [store, draft, threadId, parentId, trimId, measure])

  return meter
}
