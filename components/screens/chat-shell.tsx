'use client'

import { useTranslations } from 'next-intl'
import { type ReactNode, useCallback, useEffect, useState } from 'react'
import { SidebarProvider, useSidebar } from '@/components/providers/sidebar-provider'
import { ThreadFeedProvider, useThreadFeed } from '@/components/providers/thread-feed-provider'
import { PanelFoot, type ThreadDialog } from '@/components/threads/panel-foot'
import { ThreadPanel } from '@/components/threads/thread-panel'
import { ThreadSheet } from '@/components/threads/thread-sheet'
import type { FeedEvent } from '@/lib/client/thread-feed'
import type { ThreadSummary } from '@/lib/domain/thread-summary'
import { cn } from '@/lib/utils'
import { ThreadDialogs } from './thread-dialogs'

const SEARCH: ThreadDialog = { name: 'search' }

export type ChatShellProps = {
  isOpenAtFirst: boolean
  /** The newest threads as the server wrote them. */
  first: ReactNode
  /** The time zone that the server wrote them in; undefined where it knew none. */
  timeZone: string | undefined
  children: ReactNode
}

/** The chat with its threads beside it; they stay while the page changes. */
export function ChatShell({ isOpenAtFirst, children, ...first }: ChatShellProps) {
  return (
    <SidebarProvider isOpenAtFirst={isOpenAtFirst}>
      <ThreadFeedProvider>
        <div className="group/shell flex h-dvh print:block print:h-auto">
          <SkipLink />
          <Threads {...first} />
          <div className="min-w-0 flex-1">{children}</div>
        </div>
      </ThreadFeedProvider>
    </SidebarProvider>
  )
}

/** Before all else, the list of chats too. */
function SkipLink() {
  const t = useTranslations('app')
  return (
    <a
      href="#chat-input"
      className="sr-only focus:not-sr-only focus:absolute focus:z-10 focus:m-2 focus:rounded-lg focus:bg-background focus:px-3 focus:py-2"
    >
      {t('skipToInput')}
    </a>
  )
}

function Threads({ first, timeZone }: Pick<ChatShellProps, 'first' | 'timeZone'>) {
  const t = useTranslations('threads')
  const sidebar = useSidebar()
  const [isLive, setLive] = useState(false)
  const [dialog, setDialog] = useState<ThreadDialog>()
  const wake = useCallback(() => setLive(true), [])
  const wakeOnChange = useCallback(({ type }: FeedEvent) => type !== 'opened' && setLive(true), [])
  useThreadFeed(wakeOnChange)
  useOwnTimeZone({ timeZone, onOther: wake })
  const onShare = useCallback((thread: ThreadSummary) => setDialog({ name: 'share', thread }), [])
  const onExport = useCallback((thread: ThreadSummary) => setDialog({ name: 'export', thread }), [])
  const closeDialog = useCallback(() => setDialog(undefined), [])
  if (sidebar === undefined) return null
  const { isOpen, isSheet, isSearching, closeSheet, setSearching } = sidebar
  const panel = (
    <ThreadPanel
      first={first}
      isLive={isLive || isSheet}
      onSearch={() => {
        closeSheet()
        setSearching(true)
      }}
      onShare={onShare}
      onExport={onExport}
      foot={<PanelFoot onOpen={setDialog} />}
    />
  )
  return (
    <>
      <aside
        id="threads"
        aria-label={t('label')}
        onPointerEnter={wake}
        onFocus={wake}
        className={cn(
          'hidden w-sidebar shrink-0 flex-col border-r border-border bg-muted print:hidden',
          isOpen && 'md:flex max-xl:group-has-data-beside/shell:hidden!',
        )}
      >
        {isSheet ? null : panel}
      </aside>
      {isSheet ? <ThreadSheet onClose={closeSheet}>{panel}</ThreadSheet> : null}
      <ThreadDialogs
        shown={isSearching ? SEARCH : dialog}
        onClose={isSearching ? () => setSearching(false) : closeDialog}
      />
    </>
  )
}

const YEAR_SECONDS = 31_536_000

/** The server groups by days: it is told whose. */
function useOwnTimeZone(options: { timeZone: string | undefined; onOther: () => void }): void {
  const { timeZone, onOther } = options
  useEffect(() => {
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone
    if (own === timeZone) return
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing on plain http from other hosts
    document.cookie = `timezone=${own}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`
    if (timeZone !== undefined) onOther()
  }, [timeZone, onOther])
}
