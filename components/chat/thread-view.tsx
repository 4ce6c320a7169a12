'use client'

import { ArrowDown } from 'lucide-react'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { type ReactNode, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { Button, buttonClasses } from '@/components/ui/button'
import type { ThreadStore } from '@/lib/client/create-thread-store'
import { selectTitle } from '@/lib/client/thread-state'
import type { Reply } from '@/lib/domain/message'
import { cn } from '@/lib/utils'
import { preloadMarkdown } from './answer-text'
import { Composer } from './composer'
import { EndAnnouncer } from './end-announcer'
import { MessageList } from './message-list'
import { SentenceAnnouncer } from './sentence-announcer'
import { Starters } from './starters'
import { TemporaryNote, TemporarySwitch } from './temporary-switch'
import { UnsentNote } from './unsent-note'
import { useFollowScroll } from './use-follow-scroll'
import { type ShortcutNote, type ShortcutTargets, useShortcuts } from './use-shortcuts'

export type ThreadViewProps = {
  store: ThreadStore
  canSend: boolean
  closedReason: string | undefined
  /** Stands where the next answer would. */
  gate: ReactNode
  renderTiming: (reply: Reply) => ReactNode
  onSampling: () => void
  /** A thread was begun from a message of this one. */
  onFork: (threadId: string) => void
  keys: ShortcutTargets
}

const COLUMN = 'mx-auto w-full max-w-column'

export function ThreadView({
  store,
  canSend,
  closedReason,
  gate,
  renderTiming,
  onSampling,
  onFork,
  keys,
}: ThreadViewProps) {
  const isEmpty = useStore(store, (state) => state.messages.length === 0)
  const isDeleted = useStore(store, (state) => state.isDeleted)
  const scroller = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const { isAtBottom, toLatest } = useFollowScroll({ scroller, content })
  const isAwake = useEndFirst(scroller)
  useEscapeStops(store)
  const note = useShortcuts({ store, ...keys })

  const onSend = useCallback(() => {
    preloadMarkdown()
    toLatest()
  }, [toLatest])

  return (
    <main
      className={cn(
        'flex min-h-0 flex-1 flex-col print:block',
        isEmpty && 'overflow-y-auto px-4 sm:px-6',
      )}
      data-empty={isEmpty}
    >
      <div
        ref={scroller}
        className={cn(
          'relative flex print:block print:overflow-visible print:px-0',
          isEmpty
            ? 'flex-[1_0_auto] flex-col justify-end pt-6 pb-6'
            : 'min-h-0 flex-1 overflow-y-auto px-4 [scrollbar-gutter:stable_both-edges] [scrollbar-width:thin] sm:px-6',
          !isEmpty && (isAwake ? 'flex-col' : 'flex-col-reverse'),
        )}
      >
        <div ref={content} className={cn(COLUMN, 'print:max-w-none', !isEmpty && 'pt-4 pb-8')}>
          {isEmpty ? (
            <StartTitle />
          ) : (
            <MessageLog store={store}>
              <TemporaryNote store={store} />
              <MessageList {...{ store, scroller, canSend, renderTiming, onFork }} />
              <UnsentNote store={store} />
            </MessageLog>
          )}
          <div className="has-[[data-phase]]:mt-6">{gate}</div>
        </div>
      </div>
      <EndAnnouncer store={store} />
      <SentenceAnnouncer store={store} />
      <div className={cn('relative print:hidden', !isEmpty && 'px-4 sm:px-6')}>
        {isEmpty || isAtBottom ? null : <ToLatest onClick={toLatest} />}
        <KeyNote note={note} />
        <div className={COLUMN}>
          {isDeleted ? (
            <DeletedNote />
          ) : (
            <Composer {...{ store, closedReason, onSend, onSampling }} />
          )}
        </div>
      </div>
      <div className={cn(COLUMN, 'print:hidden', isEmpty ? 'flex-[1.3_0_auto] pt-4 pb-6' : 'px-4')}>
        {isEmpty ? <StartChoices store={store} canSend={canSend} onSend={onSend} /> : <Note />}
      </div>
    </main>
  )
}

function DeletedNote() {
  const t = useTranslations()
  return (
    <div
      role="status"
      data-deleted=""
      className="flex flex-wrap items-center justify-between gap-2 rounded-3xl border border-border px-5 py-3 text-sm"
    >
      {t('chat.deleted')}
      <Link href="/" className={buttonClasses({ size: 'small' })}>
        {t('header.newChat')}
      </Link>
    </div>
  )
}

function StartTitle() {
  const t = useTranslations('start')
  return (
    <div className="text-center">
      <h1 className="text-2xl font-semibold tracking-tight">{t('title')}</h1>
      <p className="mt-1.5 text-balance text-muted-foreground">{t('text')}</p>
    </div>
  )
}

function MessageLog({ store, children }: { store: ThreadStore; children: ReactNode }) {
  const t = useTranslations('chat')
  return (
    <>
      <h1 className="sr-only">{useStore(store, selectTitle)}</h1>
      <div role="log" aria-label={t('log')} aria-live="off" className="space-y-6">
        {children}
      </div>
    </>
  )
}

function ToLatest({ onClick }: { onClick: () => void }) {
  const t = useTranslations('chat')
  return (
    <div className="absolute inset-x-0 -top-12 flex justify-center">
      <Button
        size="icon"
        shape="round"
        className="shadow-sm"
        aria-label={t('toLatest')}
        title={t('toLatest')}
        onClick={onClick}
      >
        <ArrowDown aria-hidden="true" className="size-4" />
      </Button>
    </div>
  )
}

/** What a key did that shows nothing by itself. */
function KeyNote({ note }: { note: ShortcutNote | undefined }) {
  const t = useTranslations('shortcuts')
  return (
    <div
      role="status"
      className="pointer-events-none absolute inset-x-0 -top-11 flex justify-center"
    >
      {note === undefined ? null : (
        <span className="rounded-full border border-border bg-popover px-3 py-1.5 text-xs shadow-sm">
          {t(`notes.${note}`)}
        </span>
      )}
    </div>
  )
}

function Note() {
  const t = useTranslations('composer')
  return <p className="py-2 text-center text-xs text-muted-foreground">{t('note')}</p>
}

function StartChoices({
  store,
  canSend,
  onSend,
}: {
  store: ThreadStore
  canSend: boolean
  onSend: () => void
}) {
  return (
    <>
      <Starters
        onPick={({ prompt, pressedAtMs }) => {
          store.actions.setDraft(prompt)
          document.getElementById('chat-input')?.focus()
          if (!canSend) return
          onSend()
          void store.actions.send({ pressedAtMs })
        }}
      />
      <TemporarySwitch store={store} />
    </>
  )
}

/**
 * A long thread is shown from its end even before scripts run: a reversed column starts there. Once
 * awake it is an ordinary one, at the same place.
 */
function useEndFirst(scroller: React.RefObject<HTMLElement | null>): boolean {
  const [isAwake, setAwake] = useState(false)
  const restPx = useRef(0)
  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null) return
    if (!isAwake) {
      restPx.current = -element.scrollTop
      setAwake(true)
      return
    }
    element.scrollTop = element.scrollHeight - element.clientHeight - restPx.current
  }, [isAwake, scroller])
  return isAwake
}

function useEscapeStops({ getState, actions }: ThreadStore): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented || event.isComposing) return
      if (event.shiftKey || document.querySelector('dialog:modal') !== null) return
      if (getState().live === undefined || document.querySelector(':popover-open') !== null) return
      event.preventDefault()
      void actions.stop()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [getState, actions])
}
