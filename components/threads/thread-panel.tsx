'use client'

import { SearchIcon } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { lazy, type ReactNode, Suspense, useCallback, useRef, useState } from 'react'
import { Key } from '@/components/ui/key'
import { loadPart } from '@/lib/client/load-part'
import type { ThreadSummary } from '@/lib/domain/thread-summary'

const LiveThreads = lazy(async () => {
  const part = await loadPart(() => import('./live-threads'))
  return { default: part.LiveThreads }
})

const SEARCH_KEYS = 'Ctrl K'

export type ThreadPanelProps = {
  /** The newest threads as the server wrote them. */
  first: ReactNode
  /** From the first need on the list follows what happens. */
  isLive: boolean
  onSearch: () => void
  onShare: (thread: ThreadSummary) => void
  onExport: (thread: ThreadSummary) => void
  /** What stands at the foot. */
  foot: ReactNode
}

/** The threads, whichever frame they stand in. */
export function ThreadPanel({
  first,
  isLive,
  onSearch,
  onShare,
  onExport,
  foot,
}: ThreadPanelProps) {
  const t = useTranslations('threads')
  const scroller = useRef<HTMLElement>(null)
  const [isReady, setReady] = useState(false)
  const onReady = useCallback(() => setReady(true), [])
  return (
    <>
      <div className="shrink-0 px-2 pt-2 pb-3">
        <button
          type="button"
          id="search-chats-button"
          className="flex h-9 w-full items-center gap-2 rounded-lg px-2.5 text-sm text-muted-foreground hover:bg-border/50 hover:text-foreground"
          onClick={onSearch}
        >
          <SearchIcon aria-hidden="true" className="size-4" />
          <span className="flex-1 text-left">{t('search')}</span>
          <span className="hidden md:inline">
            <Key>{SEARCH_KEYS}</Key>
          </span>
        </button>
      </div>
      <nav
        ref={scroller}
        aria-label={t('label')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
        tabIndex={0}
        className="relative min-h-0 flex-1 overflow-y-auto overscroll-contain px-2 [scrollbar-width:thin]"
      >
        {isReady ? null : first}
        {isLive ? (
          <Suspense>
            <LiveThreads {...{ scroller, onReady, onShare, onExport }} />
          </Suspense>
        ) : null}
      </nav>
      <div className="shrink-0 border-t border-border p-2">{foot}</div>
    </>
  )
}
