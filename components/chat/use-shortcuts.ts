'use client'

import { useCallback, useEffect, useState } from 'react'
import { copyText } from '@/lib/client/copy-text'
import type { ThreadStore } from '@/lib/client/create-thread-store'
import { type Shortcut, toShortcut } from './to-shortcut'

export type ShortcutNote = 'answerCopied' | 'codeCopied' | 'nothingToCopy' | 'copyFailed'

const NOTE_MS = 2_000

/** A new chat is another page: its message box does not exist yet. */
let isFocusWanted = false

/** What keys open that is not of this feature. */
export type ShortcutTargets = { onHelp: () => void; onSearch: () => void; onSidebar: () => void }

/** Keys for everything that is not a button at hand. @returns what the last one did, for a moment */
export function useShortcuts({
  store,
  onHelp,
  onSearch,
  onSidebar,
}: ShortcutTargets & { store: ThreadStore }): ShortcutNote | undefined {
  const [note, setNote] = useState<ShortcutNote>()
  useEffect(() => {
    if (note === undefined) return
    const timer = setTimeout(() => setNote(undefined), NOTE_MS)
    return () => clearTimeout(timer)
  }, [note])

  useEffect(() => {
    if (!isFocusWanted) return
    isFocusWanted = false
    focusInput()
  }, [])

  const run = useCallback(
    async (shortcut: Shortcut) => {
      if (shortcut === 'help') onHelp()
      else if (shortcut === 'search') onSearch()
      else if (shortcut === 'sidebar') onSidebar()
      else if (shortcut === 'focus-input') focusInput()
      else if (shortcut === 'new-chat') beginChat()
      else setNote(await copyLast(shortcut, store))
    },
    [store, onHelp, onSearch, onSidebar],
  )

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || event.repeat) return
      const shortcut = toShortcut({ press: event, isWriting: isWriting(event.target) })
      if (shortcut === undefined || document.querySelector('dialog:modal') !== null) return
      event.preventDefault()
      void run(shortcut)
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [run])
  return note
}

function focusInput(): void {
  document.getElementById('chat-input')?.focus()
}

function beginChat(): void {
  // A temporary chat has no address of its own.
  isFocusWanted = document.querySelector('[data-message]') !== null
  if (isFocusWanted) document.getElementById('new-chat-button')?.click()
  else focusInput()
}

function isWriting(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches('input, textarea, select'))
  )
}

async function copyLast(
  what: 'copy-answer' | 'copy-code',
  { getState }: ThreadStore,
): Promise<ShortcutNote> {
  const text = what === 'copy-answer' ? readLastAnswer(getState()) : readLastCode()
  if (text === undefined || text === '') return 'nothingToCopy'
  if (!(await copyText(text))) return 'copyFailed'
  return what === 'copy-answer' ? 'answerCopied' : 'codeCopied'
}

function readLastAnswer({ messages }: ReturnType<ThreadStore['getState']>): string | undefined {
  return messages.findLast(({ role, text }) => role === 'assistant' && text !== '')?.text
}

/** As it stands on the page: the renderer has told code from text already. */
function readLastCode(): string | undefined {
  const blocks = document.querySelectorAll('[data-message="assistant"] figure pre')
  return [...blocks].at(-1)?.textContent ?? undefined
}
