'use client'

import { useTranslations } from 'next-intl'
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef } from 'react'
import { useStore } from 'zustand'
import { Button } from '@/components/ui/button'
import type { ThreadStore } from '@/lib/client/create-thread-store'
import { selectIsFree } from '@/lib/client/thread-state'
import type { ChatMessage } from '@/lib/domain/message'
import { ErrorNote } from './error-note'

/** Changes a message in its place; what it was stays, one step to the left. */
export function MessageEditor({
  store,
  role,
  canSend,
}: {
  store: ThreadStore
  role: ChatMessage['role']
  /** A question goes out only where the engine takes it. */
  canSend: boolean
}) {
  const t = useTranslations('chat')
  const edit = useStore(store, (state) => state.edit)
  const isFree = useStore(store, selectIsFree)
  const input = useRef<HTMLTextAreaElement>(null)
  useFocusAtEnd(input)
  const text = edit?.text ?? ''
  useGrownHeight(input, text)
  if (edit === undefined) return null
  const { actions } = store
  const isOpen = isFree && !edit.isSaving && text.trim() !== '' && (canSend || role !== 'user')
  const submit = (pressedAtMs: number) => {
    if (isOpen) void actions.submitEdit({ pressedAtMs })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return
    if (event.key === 'Escape' && !event.shiftKey) {
      event.preventDefault()
      actions.cancelEdit()
    }
    if (event.key !== 'Enter' || event.shiftKey || event.altKey) return
    // An answer has many lines: there, Enter is one more.
    if (role !== 'user' && !event.ctrlKey && !event.metaKey) return
    event.preventDefault()
    submit(event.timeStamp)
  }
  return (
    <form
      aria-label={t(`editor.${role}.label`)}
      className="space-y-2"
      onSubmit={(event) => {
        event.preventDefault()
        submit(event.timeStamp)
      }}
    >
      <textarea
        ref={input}
        id="edit-chat-input"
        value={text}
        rows={1}
        aria-label={t(`editor.${role}.label`)}
        className="block max-h-[60dvh] min-h-11 w-full resize-none rounded-2xl border border-border-strong bg-muted px-4 py-2.5 leading-7"
        onChange={({ target }) => actions.setEditText(target.value)}
        onKeyDown={onKeyDown}
      />
      {edit.error === undefined ? null : (
        <ErrorNote error={edit.error} title={t(`editor.${role}.failed`)} />
      )}
      <div className="flex flex-wrap items-center justify-end gap-2">
        <p className="min-w-0 flex-1 basis-48 text-xs text-muted-foreground">
          {t(`editor.${role}.hint`)}
        </p>
        <Button size="small" disabled={edit.isSaving} onClick={actions.cancelEdit}>
          {t(`editor.${role}.cancel`)}
        </Button>
        <Button type="submit" variant="primary" size="small" disabled={!isOpen}>
          {t(`editor.${role}.submit`)}
        </Button>
      </div>
    </form>
  )
}

function useFocusAtEnd(input: React.RefObject<HTMLTextAreaElement | null>): void {
  useEffect(() => {
    const element = input.current
    element?.focus()
    element?.setSelectionRange(element.value.length, element.value.length)
  }, [input])
}

function useGrownHeight(input: React.RefObject<HTMLTextAreaElement | null>, text: string): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useLayoutEffect(() => {
    const element = input.current
    if (element === null) return
    element.style.height = 'auto'
    element.style.height = `${element.scrollHeight + 2}px`
  }, [text, input])
}
