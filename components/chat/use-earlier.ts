'use client'

import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { useStore } from 'zustand'
import type { ThreadStore } from '@/lib/client/create-thread-store'
import type { ThreadState } from '@/lib/client/thread-state'

const FIRST_SHOWN = 25
const MORE_SHOWN = 50

/** Shows the newest messages first; what is added above leaves the rest where it stands. */
export function useEarlier({
  store,
  count,
  scroller,
}: {
  store: ThreadStore
  count: number
  scroller: RefObject<HTMLElement | null>
}) {
  const [startCount] = useState(count)
  const [more, setMore] = useState(0)
  const restPx = useRef<number>(undefined)
  const keepPlace = useCallback(() => {
    const element = scroller.current
    if (element !== null) restPx.current = element.scrollHeight - element.scrollTop
  }, [scroller])
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was added above has moved the rest
  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null || restPx.current === undefined) return
    element.scrollTop = element.scrollHeight - restPx.current
    restPx.current = undefined
  }, [more, count, scroller])
  const show = useCallback(
    (added: number) => {
      keepPlace()
      setMore((before) => before + added)
    },
    [keepPlace],
  )
  // Told before React changes the page.
  useEffect(
    () =>
      store.subscribe(({ messages }, { messages: before }) => {
        const isAddedAbove = messages.length > before.length && messages.at(-1) === before.at(-1)
        if (!isAddedAbove) return
        keepPlace()
        setMore((shown) => shown + messages.length - before.length)
      }),
    [store, keepPlace],
  )
  // On paper there is no button to see the rest.
  useEffect(() => {
    const showAll = () => flushSync(() => show(startCount))
    window.addEventListener('beforeprint', showAll)
    return () => window.removeEventListener('beforeprint', showAll)
  }, [show, startCount])
  const reachedIndex = useStore(store, selectReachedIndex)
  // Another branch may be shorter than the one that was opened.
  const firstIndex = Math.max(0, Math.min(startCount, count) - FIRST_SHOWN - more)
  return {
    firstIndex: reachedIndex < 0 ? firstIndex : Math.min(firstIndex, reachedIndex),
    showEarlier: () => show(MORE_SHOWN),
  }
}

function selectReachedIndex({ messages, reachedId }: ThreadState): number {
  return reachedId === undefined ? -1 : messages.findIndex(({ id }) => id === reachedId)
}
