'use client'

import { usePathname } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { ThreadView } from '@/components/chat/thread-view'
import { AppHeader } from '@/components/header/app-header'
import { useReadiness } from '@/components/providers/readiness-provider'
import { useThreads } from '@/components/providers/threads-provider'
import { Gate } from '@/components/readiness/gate'
import { TimingLine } from '@/components/timing/timing-line'
import type { ThreadStore } from '@/lib/client/create-thread-store'
import { selectCanSend, selectPhase } from '@/lib/client/readiness-store'
import type { UnsentTurn } from '@/lib/client/thread-state'
import type { ErrorCode } from '@/lib/domain/error'
import type { ChatMessage, Reply } from '@/lib/domain/message'
import type { Readiness } from '@/lib/domain/readiness'

export type ChatScreenProps = {
  /** A stored thread; absent on the start page. */
  thread?: { id: string; messages: ChatMessage[] } | undefined
  /** Text for the message box of a new thread. */
  prefill?: string | undefined
}

/** The start page and a thread's page in one: the first question changes the address, not the page. */
export function ChatScreen({ thread, prefill }: ChatScreenProps) {
  const t = useTranslations()
  const canSend = useReadiness(selectCanSend)
  const phase = useReadiness(selectPhase)
  const store = useOpenThread({ thread, prefill })
  const { threadId } = store.getState()
  usePollAfterFault(store)
  useResendWhenBack(store)
  const renderTiming = useCallback((reply: Reply) => <TimingLine reply={reply} />, [])
  return (
    <div className="flex h-dvh flex-col">
      <a
        href="#chat-input"
        className="sr-only focus:not-sr-only focus:absolute focus:z-10 focus:m-2 focus:rounded-lg focus:bg-background focus:px-3 focus:py-2"
      >
        {t('app.skipToInput')}
      </a>
      <AppHeader />
      <ThreadView
        key={threadId}
        store={store}
        canSend={canSend}
        closedReason={canSend ? undefined : t(`phases.${phase}.label`)}
        gate={<Gate />}
        renderTiming={renderTiming}
      />
    </div>
  )
}

function useOpenThread({ thread, prefill }: ChatScreenProps): ThreadStore {
  const threads = useThreads()
  const pathId = /^\/chat\/([^/]+)$/.exec(usePathname())?.[1]
  const [opened] = useState(
    () => thread && threads.open({ threadId: thread.id, messages: thread.messages }),
  )
  const begun = pathId === undefined ? undefined : threads.get(pathId)
  const store = opened?.store ?? begun ?? threads.fresh({ draft: prefill })
  const { threadId } = store.getState()
  const hasBegun = useStore(store, (state) => state.messages.length > 0)

  useEffect(() => {
    if (pathId === threadId) threads.begin(threadId)
    else if (hasBegun && pathId === undefined) {
      window.history.replaceState(null, '', `/chat/${threadId}`)
    }
  }, [threads, threadId, pathId, hasBegun])

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
 * A question that met no server is sent once more by itself, when the server has answered since and
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
    const isNewWord = failed.current.readiness !== readiness
    if (!isNewWord || !canSend || resentRunId.current === unsent.runId) return
    if (!SENT_AGAIN.includes(unsent.error.code)) return
    resentRunId.current = unsent.runId
    void store.actions.resend()
  }, [unsent, readiness, canSend, store])
}
