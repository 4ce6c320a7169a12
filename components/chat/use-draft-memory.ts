'use client'

import { type RefObject, useEffect } from 'react'
import type { ThreadStore } from '@/lib/client/create-thread-store'
import type { ThreadState } from '@/lib/client/thread-state'

/** A thread that has not begun has no address: its draft is the page's own. */
function toKey({ threadId, messages }: ThreadState): string {
  return `first-token.draft.${messages.length === 0 ? 'new' : threadId}`
}

/**
 * Keeps the draft of each thread for as long as the tab lives, and takes what was typed before the
 * page had woken up.
 */
export function useDraftMemory({
  store,
  input,
}: {
  store: ThreadStore
  input: RefObject<HTMLTextAreaElement | null>
}): void {
  useEffect(() => {
    const { draft } = store.getState()
    const early = draft === '' ? (input.current?.value ?? '') : ''
    const found = early || (draft === '' ? readDraft(toKey(store.getState())) : '')
    if (found !== '') store.actions.setDraft(found)
    return store.subscribe((state, before) => {
      if (state.draft !== before.draft || toKey(state) !== toKey(before)) {
        if (toKey(state) !== toKey(before)) writeDraft(toKey(before), '')
        writeDraft(toKey(state), state.draft)
      }
    })
  }, [store, input])
}

function readDraft(key: string): string {
  try {
    return sessionStorage.getItem(key) ?? ''
  } catch {
    return ''
  }
}

/** A browser may forbid storage; then a draft lives as long as the page. */
function writeDraft(key: string, draft: string): void {
  try {
    if (draft === '') sessionStorage.removeItem(key)
    else sessionStorage.setItem(key, draft)
  } catch {}
}
