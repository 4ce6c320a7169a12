'use client'

import { lazy, type ReactNode, type RefObject, Suspense, useMemo } from 'react'
import { useStore } from 'zustand'
import type { ThreadStore } from '@/lib/client/create-thread-store'
import { loadPart } from '@/lib/client/load-part'
import { selectIsFree, selectTrimId, toSiblingIds } from '@/lib/client/thread-state'
import type { ChatMessage, Reply } from '@/lib/domain/message'
import { cn } from '@/lib/utils'
import { Earlier } from './earlier'
import type { MessageActions } from './message-actions'
import { type MessagePlace, QuestionBubble } from './question-bubble'
import { ReplyView } from './reply-view'
import { toMessageAnchor } from './to-message-anchor'
import { useEarlier } from './use-earlier'

const TrimNote = lazy(async () => {
  const part = await loadPart(() => import('./trim-note'))
  return { default: part.TrimNote }
})

const TrimBorder = lazy(async () => {
  const part = await loadPart(() => import('./trim-border'))
  return { default: part.TrimBorder }
})

/** The newest messages change in height while one looks at them; the rest may be skipped off screen. */
const ALWAYS_RENDERED = 4

const MessageEditor = lazy(async () => {
  const part = await loadPart(() => import('./message-editor'))
  return { default: part.MessageEditor }
})

export function MessageList({
  store,
  scroller,
  canSend,
  renderTiming,
  onFork,
}: {
  store: ThreadStore
  scroller: RefObject<HTMLElement | null>
  canSend: boolean
  renderTiming: (reply: Reply) => ReactNode
  /** A thread was begun from a message of this one. */
  onFork: (threadId: string) => void
}) {
  const messages = useStore(store, (state) => state.messages)
  const toPlace = usePlaces({ store, canSend, onFork })
  const live = useStore(store, (state) => state.live)
  const trimId = useStore(store, selectTrimId)
  const { firstIndex, showEarlier } = useEarlier({ store, count: messages.length, scroller })
  return (
    <>
      <Earlier {...{ store, scroller, hiddenCount: firstIndex, onShow: showEarlier }} />
      {messages.slice(firstIndex).map((message, offset) => {
        const fromEnd = messages.length - 1 - firstIndex - offset
        const place = toPlace(message)
        return (
          <div
            // Another message of the same place takes that place, and the keyboard keeps its own.
            key={`${message.role} ${message.parentId}`}
            id={toMessageAnchor(message.id)}
            tabIndex={-1}
            data-message={message.role}
            className={cn(
              'scroll-mt-4 rounded-2xl [outline:none] data-found:ring-2 data-found:ring-ring data-found:ring-offset-8 data-found:ring-offset-background',
              fromEnd >= ALWAYS_RENDERED &&
                '[contain-intrinsic-size:auto_12rem] [content-visibility:auto] print:[content-visibility:visible]',
            )}
          >
            {message.role === 'user' ? (
              <QuestionBubble question={message} {...place} />
            ) : (
              <ReplyView
                reply={message}
                live={live?.runId === message.runId ? live : undefined}
                isNewest={fromEnd === 0}
                isRetryOpen={canSend && place.isFree}
                renderTiming={renderTiming}
                {...place}
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

const ALONE: readonly string[] = []

/** What each message is told beside itself; the same objects where nothing has changed. */
function usePlaces(options: {
  store: ThreadStore
  canSend: boolean
  onFork: (threadId: string) => void
}): (message: ChatMessage) => MessagePlace {
  const { store, canSend, onFork } = options
  const siblings = useStore(store, (state) => state.siblings)
  const fault = useStore(store, (state) => state.messageFault)
  const editedId = useStore(store, (state) => state.edit?.messageId)
  const isStored = useStore(store, (state) => !state.isTemporary)
  const isFree = useStore(store, selectIsFree)
  const actions = useMessageActions({ store, onFork })
  return (message) => {
    const ids = toSiblingIds(message, siblings)
    return {
      siblingIds: ids.length > 1 ? ids : ALONE,
      ...{ isFree, isStored, actions },
      fault: fault?.messageId === message.id ? fault : undefined,
      editor:
        editedId === message.id ? (
          <Suspense>
            <MessageEditor store={store} role={message.role} canSend={canSend} />
          </Suspense>
        ) : undefined,
    }
  }
}

function isTooLong(message: ChatMessage): message is Reply {
  return message.role === 'assistant' && message.error?.code === 'engine_context_too_long'
}

function useMessageActions({
  store,
  onFork,
}: {
  store: ThreadStore
  onFork: (threadId: string) => void
}): MessageActions {
  return useMemo(() => {
    const { actions } = store
    return {
      onRetry: (options) => void actions.retry(options),
      onContinue: (options) => void actions.goOn(options),
      onShow: (options) => void actions.show(options),
      onEdit: actions.beginEdit,
      onFork: async (messageId) => {
        const threadId = await actions.fork(messageId)
        if (threadId !== undefined) onFork(threadId)
      },
      onReuse: (questionId) => {
        actions.reuse(questionId)
        document.getElementById('chat-input')?.focus()
      },
      onReconnect: () => void actions.join(),
      onPainted: actions.notePainted,
    }
  }, [store, onFork])
}
