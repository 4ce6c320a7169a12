'use client'

import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react'

export type Sidebar = {
  /** Beside the page, where there is room for both. */
  isOpen: boolean
  /** Over the page, where there is not. */
  isSheet: boolean
  isSearching: boolean
  toggle: () => void
  closeSheet: () => void
  setSearching: (isSearching: boolean) => void
}

const SidebarContext = createContext<Sidebar | undefined>(undefined)

/** From here on it stands beside the page. */
const WIDE = '(min-width: 48rem)'
const YEAR_SECONDS = 31_536_000

export function SidebarProvider({
  isOpenAtFirst,
  children,
}: {
  isOpenAtFirst: boolean
  children: ReactNode
}) {
  const [isOpen, setOpen] = useState(isOpenAtFirst)
  const [isSheet, setSheet] = useState(false)
  const [isSearching, setSearching] = useState(false)
  const toggle = useCallback(() => {
    if (!window.matchMedia(WIDE).matches) return setSheet((before) => !before)
    setOpen(!isOpen)
    saveOpen(!isOpen)
  }, [isOpen])
  const closeSheet = useCallback(() => setSheet(false), [])
  const sidebar = useMemo(
    () => ({ isOpen, isSheet, isSearching, toggle, closeSheet, setSearching }),
    [isOpen, isSheet, isSearching, toggle, closeSheet],
  )
  return <SidebarContext value={sidebar}>{children}</SidebarContext>
}

/** Undefined on a page that has none. */
export function useSidebar(): Sidebar | undefined {
  return useContext(SidebarContext)
}

/** The server makes the next page with it: nothing jumps. */
function saveOpen(isOpen: boolean): void {
  const value = isOpen ? 'open' : 'closed'
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing on plain http from other hosts
  document.cookie = `sidebar=${value}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`
}
