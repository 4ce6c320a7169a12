'use client'

import { useTranslations } from 'next-intl'
import {
  lazy,
  type ReactNode,
  type RefObject,
  Suspense,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { flushSync } from 'react-dom'
import { useStore } from 'zustand'
import { Button } from '@/components/ui/button'
import type { ThreadStore } from '@/lib/client/create-thread-store'
import { loadPart } from '@/lib/client/load-part'
import { selectIsFree, selectTrimId, toAnswersKey } from '@/lib/client/thread-state'
import type { ChatMessage, Reply } from '@/lib/domain/message'
import { cn } from '@/lib/utils'
import { QuestionBubble } from './question-bubble'
import type { ReplyActions } from './reply-end'
import { ReplyView } from './reply-view'

const TrimNote = lazy(async () => {
  const part = await loadPart(() => import('./trim-note'))
  return { default: part.TrimNote }
})

const TrimBorder = lazy(async () => {
  const part = await loadPart(() => import('./trim-border'))
  return { default: part.TrimBorder }
})

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
  const siblings = useStore(store, (state) => state.siblings)
  const switchFault = useStore(store, (state) => state.switchFault)
  const isFree = useStore(store, selectIsFree)
  const trimId = useStore(store, selectTrimId)
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
            // Another answer to the same question takes the same place, and the keyboard keeps its own.
            key={message.role === 'user' ? message.id : `answer-${message.parentId}`}
            data-message={message.role}
            className={cn(
              fromEnd >= ALWAYS_RENDERED &&
                '[contain-intrinsic-size:auto_12rem] [content-visibility:auto] print:[content-visibility:visible]',
            )}
          >
            {message.role === 'user' ? (
              <QuestionBubble question={message} />
            ) : (
              <ReplyView
                reply={message}
                live={live?.runId === message.runId ? live : undefined}
                isNewest={fromEnd === 0}
                isRetryOpen={canSend && isFree}
                siblingIds={siblings[message.id] ?? siblings[toAnswersKey(message.parentId)]}
                isSwitchOpen={isFree}
                switchError={
                  switchFault?.questionId === message.parentId ? switchFault.error : undefined
                }
                actions={actions}
                renderTiming={renderTiming}
              />
            )}
            {fromEnd === 0 && isTooLong(message) ? (
              <Suspense>
                <TrimNote {...{ store, canSend }} reply={message} />
              </Suspense>
            ) : null}
            {message.id === trimId ? (
              <Suspense>
                <TrimBorder store={store} replyId={trimId} />
              </Suspense>
            ) : null}
          </div>
        )
      })}
    </>
  )
}

function isTooLong(message: ChatMessage): message is Reply {
  return message.role === 'assistant' && message.error?.code === 'engine_context_too_long'
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
      onContinue: (options) => void actions.goOn(options),
      onShow: (options) => void actions.show(options),
      onReuse: (questionId) => {
        actions.reuse(questionId)
        document.getElementById('chat-input')?.focus()
      },
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
  const show = useCallback(
    (added: number) => {
      const element = scroller.current
      if (element !== null) restPx.current = element.scrollHeight - element.scrollTop
      setMore((before) => before + added)
    },
    [scroller],
  )
  // On paper there is no button to see the rest.
  useEffect(() => {
    const showAll = () => flushSync(() => show(startCount))
    window.addEventListener('beforeprint', showAll)
    return () => window.removeEventListener('beforeprint', showAll)
  }, [show, startCount])
  return {
    // Another branch may be shorter than the one that was opened.
    firstIndex: Math.max(0, Math.min(startCount, count) - FIRST_SHOWN - more),
    showEarlier: () => show(MORE_SHOWN),
  }
}
