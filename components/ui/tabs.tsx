'use client'

import { type KeyboardEvent, type ReactNode, useId } from 'react'
import { cn } from '@/lib/utils'

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1 }

/** One stop of the Tab key; the arrow keys choose. Only the chosen panel is made. */
export function Tabs<Name extends string>({
  label,
  tabs,
  chosen,
  onChoose,
  children,
}: {
  label: string
  tabs: readonly { name: Name; label: string }[]
  chosen: Name
  onChoose: (name: Name) => void
  /** The panel of the chosen tab. */
  children: ReactNode
}) {
  const id = useId()
  const at = tabs.findIndex(({ name }) => name === chosen)
  const move = (event: KeyboardEvent<HTMLElement>) => {
    const step = STEPS[event.key]
    const next = tabs[(at + (step ?? 0) + tabs.length) % tabs.length]
    if (step === undefined || next === undefined) return
    event.preventDefault()
    onChoose(next.name)
    document.getElementById(`${id}-${next.name}`)?.focus()
  }
  return (
    <>
      <div
        role="tablist"
        aria-label={label}
        onKeyDown={move}
        className="flex gap-1 overflow-x-auto border-b border-border print:hidden"
      >
        {tabs.map(({ name, label: text }) => {
          const isChosen = name === chosen
          return (
            <button
              key={name}
              id={`${id}-${name}`}
              type="button"
              role="tab"
              aria-selected={isChosen}
              aria-controls={isChosen ? `${id}-panel` : undefined}
              tabIndex={isChosen ? 0 : -1}
              onClick={() => onChoose(name)}
              className={cn(
                '-mb-px shrink-0 border-b-2 px-3 py-2 text-[0.8125rem] whitespace-nowrap focus-visible:-outline-offset-2',
                isChosen
                  ? 'border-accent font-medium text-foreground'
                  : 'border-transparent text-muted-foreground hover:text-foreground',
              )}
            >
              {text}
            </button>
          )
        })}
      </div>
      <div id={`${id}-panel`} role="tabpanel" aria-labelledby={`${id}-${chosen}`} className="pt-4">
        {children}
      </div>
    </>
  )
}
