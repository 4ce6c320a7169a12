'use client'

import { useSearchParams } from 'next/navigation'
import { useEffect } from 'react'
import type { ThreadStore } from '@/lib/client/create-thread-store'

/** `?message=` names a message that was looked for: it is brought into sight, marked, and takes the focus. */
export function useFoundMessage(store: ThreadStore): void {
  const foundId = useSearchParams().get('message')
  useEffect(() => {
    if (foundId === null) return
    void store.actions.reach(foundId).then(() => {
      const { reachedId, chosenId } = store.getState()
      if (reachedId !== foundId) return
      requestAnimationFrame(() => markMessage(foundId))
      // Looked for once more, it is another address again.
      const through = chosenId === undefined ? '' : `?through=${chosenId}`
      window.history.replaceState(null, '', `${window.location.pathname}${through}`)
    })
  }, [store, foundId])
}

function markMessage(messageId: string): void {
  const element = document.getElementById(`message-${messageId}`)
  if (element === null) return
  element.dataset.found = ''
  element.addEventListener('blur', () => delete element.dataset.found, { once: true })
  element.focus({ preventScroll: true })
  element.scrollIntoView({ block: 'center' })
}
