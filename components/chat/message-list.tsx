'use client'

import { useTranslations } from 'next-intl'
import { type ReactNode, type RefObject, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { Button } from '@/components/ui/button'
import type { ThreadStore } from '@/lib/client/create-thread-store'
import { selectIsFree } from '@/lib/client/thread-state'
import type { Reply } from '@/lib/domain/message'
import { cn } from '@/lib/utils'
import { QuestionBubble } from './question-bubble'
import { type ReplyActions, ReplyView } from './reply-view'

const FIRST_SHOWN = 25
const MORE_SHOWN = 50
/** The newest messages change in height while one looks at them; the rest may be skipped off screen. */
const ALWAYS_RENDERED = 4

export function MessageList({
  store,
  scroller,
  canSend,
  renderTiming,
}: {
  store: ThreadStore
  scroller: RefObject<HTMLElement | null>
  canSend: boolean
  renderTiming: (reply: Reply) => ReactNode
}) {
  const messages = useStore(store, (state) => state.messages)
  const live = useStore(store, (state) => state.live)
  const isFree = useStore(store, selectIsFree)
  const actions = useReplyActions(store)
  const { firstIndex, showEarlier } = useEarlier({ count: messages.length, scroller })
  return (
    <>
      {firstIndex > 0 ? (
        <ShowEarlier count={Math.min(MORE_SHOWN, firstIndex)} onClick={showEarlier} />
      ) : null}
      {messages.slice(firstIndex).map((message, offset) => {
        const fromEnd = messages.length - 1 - firstIndex - offset
        return (
          <div
            key={message.role === 'user' ? message.id : message.runId}
            data-message={message.role}
            className={cn(
              fromEnd >= ALWAYS_RENDERED &&
                '[contain-intrinsic-size:auto_12rem] [content-visibility:auto]',
            )}
          >
            {message.role === 'user' ? (
              <QuestionBubble question={message} />
            ) : (
              <ReplyView
                reply={message}
                live={live?.runId === message.runId ? live : undefined}
                canRetry={fromEnd === 0}
                isRetryOpen={canSend && isFree}
                actions={actions}
                renderTiming={renderTiming}
              />
            )}
          </div>
        )
      })}
    </>
  )
}

function ShowEarlier({ count, onClick }: { count: number; onClick: () => void }) {
  const t = useTranslations('chat')
  return (
    <div className="flex justify-center">
      <Button size="small" onClick={onClick}>
        {t('showEarlier', { count })}
      </Button>
    </div>
  )
}

function useReplyActions({ actions }: ThreadStore): ReplyActions {
  return useMemo(
    () => ({
      onRetry: (options) => void actions.retry(options),
      onReconnect: () => void actions.join(),
      onPainted: actions.notePainted,
    }),
    [actions],
  )
}

/** Shows the newest messages first; what is added above leaves the rest where it stands. */
function useEarlier({
  count,
  scroller,
}: {
  count: number
  scroller: RefObject<HTMLElement | null>
}) {
  const [startCount] = useState(count)
  const [more, setMore] = useState(0)
  const restPx = useRef<number>(undefined)
  useLayoutEffect(() => {
    const element = scroller.current
    if (more === 0 || element === null || restPx.current === undefined) return
    element.scrollTop = element.scrollHeight - restPx.current
    restPx.current = undefined
  }, [more, scroller])
  return {
    firstIndex: Math.max(0, startCount - FIRST_SHOWN - more),
    showEarlier() {
      const element = scroller.current
      if (element !== null) restPx.current = element.scrollHeight - element.scrollTop
      setMore((before) => before + MORE_SHOWN)
    },
  }
}
