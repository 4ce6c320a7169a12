'use client'

import { usePathname, useSearchParams } from 'next/navigation'
import { useCallback } from 'react'

export type SearchState = {
  params: { get(name: string): string | null }
  /** Sets or, with undefined, removes what is named, and leaves the rest; the page is not loaded anew. */
  set: (changes: Record<string, string | undefined>) => void
}

/** What is on show, kept in the address: it survives a reload and can be sent to others. */
export function useSearchState(): SearchState {
  const params = useSearchParams()
  const path = usePathname()
  const set = useCallback<SearchState['set']>(
    (changes) => {
      const next = new URLSearchParams(window.location.search)
      for (const [name, value] of Object.entries(changes)) {
        if (value === undefined) next.delete(name)
        else next.set(name, value)
      }
      const query = next.toString()
      window.history.replaceState(null, '', query === '' ? path : `${path}?${query}`)
    },
    [path],
  )
  return { params, set }
}
