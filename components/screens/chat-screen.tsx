'use client'

import { usePathname, useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { ThreadView } from '@/components/chat/thread-view'
import { AppHeader } from '@/components/header/app-header'
import { useReadiness } from '@/components/providers/readiness-provider'
import { useSidebar } from '@/components/providers/sidebar-provider'
import { useThreads } from '@/components/providers/threads-provider'
import { Gate } from '@/components/readiness/gate'
import { TimingLine } from '@/components/timing/timing-line'
import type { ThreadStore } from '@/lib/client/create-thread-store'
import { selectCanSend, selectPhase } from '@/lib/client/readiness-store'
import { selectTitle, type UnsentTurn } from '@/lib/client/thread-state'
import type { ErrorCode } from '@/lib/domain/error'
import type { Reply, ThreadBranch } from '@/lib/domain/message'
import type { Readiness } from '@/lib/domain/readiness'
import type { Sampling } from '@/lib/domain/sampling'
import { cn } from '@/lib/utils'
import { Dialogs, type ShownDialog } from './dialogs'
import { LazyDrawer } from './lazy-drawer'
import { useFoundMessage } from './use-found-message'
import { useTemporaryEnd } from './use-temporary-end'

export type ChatScreenProps = {
  /** A stored thread; absent on the start page. */
  thread?:
    | (Pick<ThreadBranch, 'messages' | 'siblings' | 'hasEarlier'> & {
        id: string
        title: string
        /** The message that the address names. */
        chosenId: string | undefined
        sampling?: Sampling | undefined
      })
    | undefined
  /** Text for the message box of a new thread. */
  prefill?: string | undefined
}

/** The start page and a thread's page in one: the first question changes the address, not the page. */
export function ChatScreen({ thread, prefill }: ChatScreenProps) {
  const t = useTranslations()
  const canSend = useReadiness(selectCanSend)
  const phase = useReadiness(selectPhase)
  const store = useOpenThread({ thread, prefill })
  const onNewChat = useTemporaryEnd(store)
  const { threadId } = store.getState()
  useTitle(store)
  usePollAfterFault(store)
  useResendWhenBack(store)
  useFoundMessage(store)
  const router = useRouter()
  const sidebar = useSidebar()
  const [openId, setOpenId] = useState<string>()
  const [dialog, setDialog] = useState<ShownDialog>()
  const showReadme = useCallback(() => setDialog('readme'), [])
  const showSampling = useCallback(() => setDialog('sampling'), [])
  const showShortcuts = useCallback(() => setDialog('shortcuts'), [])
  const { toggle, setSearching } = sidebar ?? {}
  const keys = useMemo(
    () => ({
      onHelp: showShortcuts,
      onSearch: () => setSearching?.(true),
      onSidebar: () => toggle?.(),
    }),
    [showShortcuts, toggle, setSearching],
  )
  const showFork = useCallback((forkId: string) => router.push(`/chat/${forkId}`), [router])
  const closeDialog = useCallback(() => setDialog(undefined), [])
  const closeDrawer = useCallback(() => setOpenId(undefined), [])
  const renderTiming = useCallback(
    (reply: Reply) => <TimingLine reply={reply} onOpen={setOpenId} />,
    [],
  )
  return (
    <div
      // Where three columns have no room, the list of chats makes way for the details.
      data-beside={openId === undefined ? undefined : ''}
      className={cn(
        'flex h-full flex-col print:block print:h-auto print:[page:conversation]',
        openId !== undefined && 'lg:pr-panel print:pr-0',
      )}
    >
      <AppHeader onNewChat={onNewChat} onReadme={showReadme} onShortcuts={showShortcuts} />
      <ThreadView
        key={threadId}
        store={store}
        canSend={canSend}
        closedReason={canSend ? undefined : t(`phases.${phase}.label`)}
        gate={<Gate />}
        renderTiming={renderTiming}
        onSampling={showSampling}
        onFork={showFork}
        keys={keys}
      />
      <Dialogs shown={dialog} store={store} onClose={closeDialog} />
      {openId === undefined ? null : <LazyDrawer messageId={openId} onClose={closeDrawer} />}
    </div>
  )
}

function useOpenThread({ thread, prefill }: ChatScreenProps): ThreadStore {
  const threads = useThreads()
  const pathId = /^\/chat\/([^/]+)$/.exec(usePathname())?.[1]
  const [opened] = useState(() => thread && threads.open({ ...thread, threadId: thread.id }))
  const begun = pathId === undefined ? undefined : threads.get(pathId)
  const store = opened?.store ?? begun ?? threads.fresh({ draft: prefill })
  const { threadId } = store.getState()
  const hasBegun = useStore(store, (state) => state.messages.length > 0 && !state.isTemporary)
  const chosenId = useStore(store, (state) => state.chosenId)

  useEffect(() => {
    if (pathId === threadId) threads.begin(threadId)
    else if (!hasBegun || pathId !== undefined) return
    const address = `/chat/${threadId}${chosenId === undefined ? '' : `?through=${chosenId}`}`
    const { pathname, search } = window.location
    if (`${pathname}${search}` !== address) window.history.replaceState(null, '', address)
  }, [threads, threadId, pathId, hasBegun, chosenId])

  const isKnown = opened?.isNew !== true
  useEffect(() => {
    void (isKnown ? store.actions.refresh() : store.actions.join())
    const onVisible = () => {
      if (document.visibilityState === 'visible') void store.actions.refresh()
    }
    document.addEventListener('visibilitychange', onVisible)
    return () => document.removeEventListener('visibilitychange', onVisible)
  }, [store, isKnown])
  return store
}

/** A thread that has begun gives the tab its name before it is ever loaded from the server. */
function useTitle(store: ThreadStore): void {
  const name = useTranslations('app')('name')
  const title = useStore(store, selectTitle)
  useEffect(() => {
    document.title = title === undefined ? name : `${title} · ${name}`
  }, [title, name])
}

/** An answer that failed tells more of the engine than the last poll. */
function usePollAfterFault(store: ThreadStore): void {
  const pollNow = useReadiness((state) => state.pollNow)
  const lastEnd = useStore(store, (state) => state.lastEnd)
  const refusal = useStore(store, (state) => state.refusal)
  const unsent = useStore(store, (state) => state.unsent)
  const isFault = lastEnd?.status === 'failed' || lastEnd?.status === 'interrupted'
  useEffect(() => {
    if (isFault || refusal !== undefined || unsent !== undefined) pollNow()
    // Another tab asked first: its answer is shown here too.
    if (refusal?.code === 'run_active') void store.actions.refresh()
  }, [isFault, refusal, unsent, pollNow, store])
}

const SENT_AGAIN: readonly ErrorCode[] = ['app_unreachable', 'engine_not_ready', 'server_stopping']

/**
 * A question that met no server is sent by itself, once each time that the server answers again and
 * the engine takes questions; if it had arrived, it joins its own run.
 */
function useResendWhenBack(store: ThreadStore): void {
  const unsent = useStore(store, (state) => state.unsent)
  const readiness = useReadiness((state) => state.readiness)
  const canSend = useReadiness(selectCanSend)
  const failed = useRef<{ unsent: UnsentTurn; readiness: Readiness }>(undefined)
  const resentRunId = useRef<string>(undefined)
  useEffect(() => {
    if (unsent === undefined) return
    if (failed.current?.unsent !== unsent) failed.current = { unsent, readiness }
    if (!canSend) resentRunId.current = undefined
    const isNewWord = failed.current.readiness !== readiness
    if (!isNewWord || !canSend || resentRunId.current === unsent.runId) return
    if (!SENT_AGAIN.includes(unsent.error.code)) return
    resentRunId.current = unsent.runId
    void store.actions.resend()
  }, [unsent, readiness, canSend, store])
}
