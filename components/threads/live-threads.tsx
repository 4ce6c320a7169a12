'use client'

import { useTranslations } from 'next-intl'
import { type RefObject, useCallback, useEffect, useLayoutEffect, useMemo, useState } from 'react'
import { useStore } from 'zustand'
import { useThreadFeed } from '@/components/providers/thread-feed-provider'
import { Button } from '@/components/ui/button'
import { groupThreads } from '@/lib/client/group-threads'
import { createThreadListStore, type ThreadListStore } from '@/lib/client/thread-list-store'
import { createThreadsApi } from '@/lib/client/threads-api'
import { placeGroups } from './place-groups'
import { ThreadGroupName } from './thread-group-name'
import { GROUP_NAME, GROUP_SPACE, NO_THREADS, ROW_PX } from './thread-list-look'
import { ThreadNoticeBox } from './thread-notice-box'
import { ThreadRow, type ThreadRowActions } from './thread-row'
import { useVisibleSpan } from './use-visible-span'

/** The list of threads that follows what happens to them; it takes the place of the server's when it has loaded. */
export function LiveThreads({
  scroller,
  onReady,
  onShare,
  onExport,
}: {
  scroller: RefObject<HTMLElement | null>
  onReady: () => void
  onShare: ThreadRowActions['onShare']
  onExport: ThreadRowActions['onExport']
}) {
  const [store] = useState(() => createThreadListStore({ api: createThreadsApi() }))
  const phase = useStore(store, (state) => state.phase)
  const actions = useMemo(
    () => ({ ...store.actions, onShare, onExport }),
    [store, onShare, onExport],
  )
  useEffect(() => void store.actions.load(), [store])
  useLayoutEffect(() => {
    if (phase !== 'ready') return
    keepFocus(scroller.current)
    onReady()
  }, [phase, scroller, onReady])
  useThreadFeed(store.actions.apply)
  return (
    <>
      {phase === 'ready' ? <Groups {...{ store, scroller, actions }} /> : null}
      <ListFault store={store} />
      <ThreadNoticeBox store={store} />
    </>
  )
}

function Groups({
  store,
  scroller,
  actions,
}: {
  store: ThreadListStore
  scroller: RefObject<HTMLElement | null>
  actions: ThreadRowActions
}) {
  const t = useTranslations('threads')
  const threads = useStore(store, (state) => state.threads)
  const hasMore = useStore(store, (state) => state.next !== undefined)
  const day = useDay()
  const groups = useMemo(() => groupThreads({ threads, nowMs: day }), [threads, day])
  const span = useVisibleSpan(scroller)
  const placed = placeGroups(groups, span)
  const heightPx = placed.reduce((sum, group) => sum + group.heightPx, 0)
  useEffect(() => {
    if (hasMore && heightPx < span.bottomPx) void store.actions.loadMore()
  }, [hasMore, heightPx, span, store])
  if (threads.length === 0) {
    return <p className={NO_THREADS}>{t('none')}</p>
  }
  return placed.map(({ group, heightPx: groupPx, first, end }) => (
    <section key={group.name} className={GROUP_SPACE} style={{ height: groupPx }}>
      <h2 className={GROUP_NAME}>
        <ThreadGroupName group={group} />
      </h2>
      <ul style={{ paddingTop: first * ROW_PX }}>
        {group.threads.slice(first, end).map((thread) => (
          <ThreadRow key={thread.id} thread={thread} actions={actions} />
        ))}
      </ul>
    </section>
  ))
}

function ListFault({ store }: { store: ThreadListStore }) {
  const t = useTranslations()
  const fault = useStore(store, (state) => state.fault)
  const retry = useCallback(() => {
    const { phase, next } = store.getState()
    void (phase === 'ready' && next !== undefined ? store.actions.loadMore() : store.actions.load())
  }, [store])
  if (fault === undefined) return null
  return (
    <div role="alert" className="space-y-2 px-2.5 py-2 text-sm">
      <p>{t('threads.failed')}</p>
      <Button size="small" onClick={retry}>
        {t('chat.retry')}
      </Button>
    </div>
  )
}

const HOUR_MS = 3_600_000

/** The present hour: at midnight yesterday's threads go under their new name. */
function useDay(): number {
  const [nowMs, setNowMs] = useState(Date.now)
  useEffect(() => {
    const timer = setTimeout(() => setNowMs(Date.now()), HOUR_MS - (Date.now() % HOUR_MS))
    return () => clearTimeout(timer)
  })
  return nowMs
}

/** For a moment each thread stands there twice: the keyboard goes over to the one that stays. */
function keepFocus(list: HTMLElement | null): void {
  const focused = document.activeElement
  if (!(focused instanceof HTMLAnchorElement) || list?.contains(focused) !== true) return
  const links = list.querySelectorAll<HTMLAnchorElement>(
    `a[href="${focused.getAttribute('href')}"]`,
  )
  links.item(links.length - 1).focus({ preventScroll: true })
}
