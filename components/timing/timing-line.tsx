'use client'

import { useTranslations } from 'next-intl'
import { type KeyboardEvent, useState } from 'react'
import { Term } from '@/components/ui/term'
import type { Reply } from '@/lib/domain/message'
import { toFigures } from './to-figures'
import { useFigureWords } from './use-figure-words'

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1 }

export type TimingLineProps = {
  reply: Reply
  /** Opens all that is known of the answer. */
  onOpen?: (messageId: string) => void
}

/** Where the time of one answer went, on one line, and the way to all the rest. */
export function TimingLine({ reply, onOpen }: TimingLineProps) {
  const t = useTranslations('timing')
  if (reply.status === 'streaming') return null
  // No engine wrote it here: it was changed by its reader, or came from a file.
  if (reply.status === 'complete' && reply.timing === undefined) return null
  return (
    <div className="flex flex-wrap items-baseline gap-x-3 text-xs leading-6 text-muted-foreground tabular-nums">
      <Figures reply={reply} />
      {onOpen === undefined ? null : (
        <button
          type="button"
          aria-haspopup="dialog"
          onClick={() => onOpen(reply.id)}
          className="rounded-sm underline decoration-border-strong underline-offset-4 hover:text-foreground"
        >
          {t('details')}
        </button>
      )}
    </div>
  )
}

/** The figures are one stop of the Tab key; the arrow keys go from one to the next, and each shows its definition. */
function Figures({ reply }: { reply: Reply }) {
  const t = useTranslations('timing')
  const words = useFigureWords()
  const [stop, setStop] = useState(0)
  const figures = toFigures(reply)
  if (figures === undefined) return <p>{t('notRecorded')}</p>
  return (
    <div
      role="toolbar"
      aria-label={t('label')}
      onKeyDown={moveFocus}
      // What stands before the first figure of a line is cut off; the ring of its focus is not.
      className="-ml-4 flex flex-wrap items-baseline [clip-path:inset(-0.5rem_-0.5rem_-0.5rem_0.6875rem)]"
    >
      {figures.map((figure, index) => {
        const { text, definition, spoken } = words(figure)
        return (
          <span key={figure.name} className="flex items-baseline">
            <span aria-hidden="true" className="w-4 text-center text-border-strong">
              ·
            </span>
            <Term
              definition={definition}
              side="below"
              aria-label={spoken}
              data-figure={figure.name}
              data-ms={'ms' in figure ? figure.ms : undefined}
              tabIndex={index === Math.min(stop, figures.length - 1) ? 0 : -1}
              onFocus={() => setStop(index)}
              className="whitespace-nowrap hover:text-foreground"
            >
              {text}
            </Term>
          </span>
        )
      })}
    </div>
  )
}

function moveFocus(event: KeyboardEvent<HTMLElement>) {
  const step = STEPS[event.key]
  if (step === undefined) return
  const buttons = [...event.currentTarget.querySelectorAll('button')]
  const at = buttons.findIndex((button) => button.contains(document.activeElement))
  buttons[(at + step + buttons.length) % buttons.length]?.focus()
  event.preventDefault()
}
