'use client'

import { useTranslations } from 'next-intl'
import {
  type ComponentProps,
  type KeyboardEvent,
  lazy,
  type RefObject,
  Suspense,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
} from 'react'
import { useStore } from 'zustand'
import { Button } from '@/components/ui/button'
import type { ThreadStore } from '@/lib/client/create-thread-store'
import { loadPart } from '@/lib/client/load-part'
import { readQueued } from '@/lib/client/queue-memory'
import { selectIsFree } from '@/lib/client/thread-state'
import { preloadMarkdown } from './answer-text'
import { ArmButton, QueueButton, SendButton, StopButton } from './composer-buttons'
import { ErrorNote } from './error-note'
import { SamplingButton } from './sampling-button'
import { useArmedSend } from './use-armed-send'
import { useDraftMemory } from './use-draft-memory'

export type ComposerProps = {
  store: ThreadStore
  /** Why the engine takes no question now; undefined when it does. */
  closedReason: string | undefined
  /** Called when a question goes out. */
  onSend?: (() => void) | undefined
  /** Asks for the thread's sampling settings. */
  onSampling?: (() => void) | undefined
  /** For tests: the share of the two seconds that an armed draft waits. */
  random?: () => number
}

const DraftMeter = lazy(async () => {
  const part = await loadPart(() => import('./draft-meter'))
  return { default: part.DraftMeter }
})

const loadQueue = () => loadPart(() => import('./queued-note'))

const QueuedNote = lazy(async () => ({ default: (await loadQueue()).QueuedNote }))

const REASON_ID = 'chat-closed-reason'

export function Composer({ store, closedReason, onSend, onSampling, random }: ComposerProps) {
  const t = useTranslations('composer')
  const draft = useStore(store, (state) => state.draft)
  const isArmed = useStore(store, (state) => state.isArmed)
  const isFree = useStore(store, selectIsFree)
  const input = useRef<HTMLTextAreaElement>(null)
  const { actions } = store
  const isUnsent = useStore(store, ({ unsent }) => unsent !== undefined)
  const isShut = closedReason !== undefined
  const describedBy = isShut || isUnsent ? REASON_ID : undefined
  const canSend = !isShut && isFree
  const isOpen = canSend && draft.trim() !== ''
  const isLive = useStore(store, ({ live }) => live !== undefined)
  const isQueueing = useStore(store, ({ queued }) => queued !== undefined)
  const canQueue = isLive && !isQueueing && draft.trim() !== ''

  const send = useCallback(
    (pressedAtMs: number) => {
      input.current?.focus()
      void actions.send({ pressedAtMs })
      onSend?.()
    },
    [actions, onSend],
  )
  const sendArmed = useCallback(() => send(performance.now()), [send])
  useArmedSend({ isArmed, canSend, send: sendArmed, ...(random === undefined ? {} : { random }) })
  useDraftMemory({ store, input })
  useEffect(() => {
    const waiting = readQueued(store.getState().threadId)
    if (waiting !== undefined) store.actions.restoreQueued(waiting)
  }, [store])
  useGrowingInput({ input, draft })

  return (
    <form
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault()
        if (isOpen) send(event.timeStamp)
      }}
    >
      <Refusal store={store} />
      {isQueueing ? (
        <Suspense>
          <QueuedNote store={store} />
        </Suspense>
      ) : null}
      <div className="rounded-3xl border border-border bg-muted px-2 pt-3 pb-2 focus-within:border-border-strong">
        <textarea
          ref={input}
          id="chat-input"
          rows={1}
          value={draft}
          placeholder={t('placeholder')}
          aria-label={t('label')}
          aria-describedby={describedBy}
          className="block max-h-[40dvh] min-h-7 w-full resize-none bg-transparent px-3 leading-7 outline-none placeholder:text-muted-foreground"
          onChange={({ target }) => {
            preloadMarkdown()
            if (isLive) void loadQueue()
            actions.setDraft(target.value)
          }}
          onKeyDown={(event) => {
            if (!isSendKey(event)) return
            event.preventDefault()
            if (isOpen) send(event.timeStamp)
            else if (canQueue) actions.queue()
          }}
        />
        <div className="mt-2 flex min-h-9 flex-wrap items-center justify-end gap-x-2 gap-y-1 pl-3">
          <ClosedReason {...{ closedReason, isArmed, isUnsent }} />
          {onSampling === undefined ? null : <SamplingButton store={store} onOpen={onSampling} />}
          {isOpen ? (
            <Suspense>
              <DraftMeter store={store} />
            </Suspense>
          ) : null}
          {isShut ? (
            <ArmButton
              isArmed={isArmed}
              isDisabled={draft.trim() === '' || !isFree}
              onChange={actions.setArmed}
            />
          ) : null}
          {canQueue ? <QueueButton onQueue={actions.queue} /> : null}
          <SubmitButton store={store} isOpen={isOpen} describedBy={describedBy} />
        </div>
      </div>
    </form>
  )
}

/** Enter alone; not the one that ends a composition of an input method (Safari ends it before the key). */
function isSendKey(event: KeyboardEvent<HTMLTextAreaElement>): boolean {
  if (event.key !== 'Enter' || event.shiftKey || event.altKey) return false
  return !event.nativeEvent.isComposing && event.keyCode !== 229
}

function SubmitButton({
  store,
  ...props
}: { store: ThreadStore } & ComponentProps<typeof SendButton>) {
  const isLive = useStore(store, ({ live }) => live !== undefined)
  const isStopping = useStore(store, ({ live }) => live?.isStopping === true)
  if (!isLive) return <SendButton {...props} />
  return <StopButton isStopping={isStopping} onStop={() => void store.actions.stop()} />
}

function ClosedReason(props: {
  closedReason: string | undefined
  isArmed: boolean
  isUnsent: boolean
}) {
  const t = useTranslations('composer')
  const { closedReason, isArmed, isUnsent } = props
  if (closedReason === undefined && !isUnsent) return null
  const toWords = () => {
    if (isArmed) return t('armed')
    return closedReason === undefined ? t('unsentFirst') : t('closed', { reason: closedReason })
  }
  return (
    <p
      id={REASON_ID}
      aria-live="polite"
      className="min-w-0 flex-[1_0_100%] text-xs leading-5 text-muted-foreground sm:flex-[1_0_0]"
    >
      {toWords()}
    </p>
  )
}

function Refusal({ store }: { store: ThreadStore }) {
  const t = useTranslations('composer')
  const refusal = useStore(store, (state) => state.refusal)
  return (
    <div role="alert" className="empty:hidden">
      {refusal === undefined ? null : (
        <ErrorNote error={refusal} title={t('refusedTitle')}>
          <Button size="small" onClick={store.actions.dismissRefusal}>
            {t('dismiss')}
          </Button>
        </ErrorNote>
      )}
    </div>
  )
}

function useGrowingInput({
  input,
  draft,
}: {
  input: RefObject<HTMLTextAreaElement | null>
  draft: string
}): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useLayoutEffect(() => {
    const element = input.current
    if (element === null) return
    element.style.height = 'auto'
    element.style.height = `${element.scrollHeight}px`
  }, [draft, input])
}
