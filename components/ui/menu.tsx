'use client'

import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { cn } from '@/lib/utils'
import { placeBeside } from './place-beside'

export type MenuItem = {
  name: string
  label: string
  icon?: ReactNode
  isDanger?: boolean
  /** A line stands above it. */
  isApart?: boolean
  onChoose: () => void
}

/** A button and a list of what can be done, in the browser's own top layer; arrows, Home, End and Escape work in it. */
export function Menu({
  label,
  trigger,
  triggerClassName,
  items,
}: {
  label: string
  trigger: ReactNode
  triggerClassName?: string
  items: readonly MenuItem[]
}) {
  const id = useId()
  const button = useRef<HTMLButtonElement>(null)
  const panel = useRef<HTMLDivElement>(null)
  const [isOpen, setOpen] = useState(false)

  useEffect(() => {
    if (!isOpen) return
    // The panel has no size before it is shown, and is shown before the next frame.
    const frame = requestAnimationFrame(() => {
      if (panel.current === null || button.current === null) return
      placeBeside({
        popover: panel.current,
        trigger: button.current,
        side: 'below',
        align: 'start',
      })
      focusItem(panel.current, 'first')
    })
    return () => cancelAnimationFrame(frame)
  }, [isOpen])

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = STEPS[event.key]
    if (event.key === 'Tab') panel.current?.hidePopover()
    if (step === undefined) return
    event.preventDefault()
    focusItem(event.currentTarget, step)
  }
  return (
    <>
      <button
        ref={button}
        type="button"
        popoverTarget={id}
        aria-expanded={isOpen}
        aria-haspopup="menu"
        aria-label={label}
        title={label}
        className={triggerClassName}
      >
        {trigger}
      </button>
      <div
        ref={panel}
        id={id}
        popover="auto"
        role="menu"
        tabIndex={-1}
        aria-label={label}
        onBeforeToggle={({ newState }) => setOpen(newState === 'open')}
        onKeyDown={onKeyDown}
        className="fixed inset-auto m-0 max-h-[calc(100dvh-1.5rem)] min-w-44 overflow-y-auto rounded-xl border border-border bg-popover p-1 text-sm text-foreground shadow-lg"
      >
        {isOpen ? items.map((item) => <Item key={item.name} {...item} />) : null}
      </div>
    </>
  )
}

function Item({ label, icon, isDanger, isApart, onChoose }: MenuItem) {
  return (
    <button
      type="button"
      role="menuitem"
      tabIndex={-1}
      className={cn(
        'flex h-9 w-full items-center gap-2.5 rounded-lg px-2.5 text-left hover:bg-muted focus-visible:bg-muted focus-visible:-outline-offset-2',
        isDanger === true && 'text-danger',
        isApart === true && 'mt-1',
      )}
      onClick={({ currentTarget }) => {
        // Closed first: the focus goes back to the button before the choice may move it on.
        currentTarget.closest<HTMLElement>('[popover]')?.hidePopover()
        onChoose()
      }}
    >
      {icon}
      {label}
    </button>
  )
}

type Step = 'first' | 'last' | 'next' | 'previous'

const STEPS: Readonly<Record<string, Step | undefined>> = {
  ArrowDown: 'next',
  ArrowUp: 'previous',
  Home: 'first',
  End: 'last',
}

function focusItem(panel: HTMLElement, step: Step): void {
  const items = [...panel.querySelectorAll<HTMLElement>('[role="menuitem"]')]
  const at = items.findIndex((item) => item.matches(':focus'))
  const next = { first: 0, last: -1, next: (at + 1) % items.length, previous: at < 0 ? -1 : at - 1 }
  items.at(next[step])?.focus()
}
