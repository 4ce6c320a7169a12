'use client'

import { useTranslations } from 'next-intl'
import { type KeyboardEvent, useState } from 'react'
import { Term } from '@/components/ui/term'
import type { Reply } from '@/lib/domain/message'
import { toFigures } from './to-figures'
import { useFigureWords } from './use-figure-words'

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1 }

/**
 * Where the time of one answer went, on one line. The figures are one stop of the Tab key; the
 * arrow keys go from one to the next, and each shows its definition.
 */
export function TimingLine({ reply }: { reply: Reply }) {
  const t = useTranslations('timing')
  const words = useFigureWords()
  const [stop, setStop] = useState(0)
  if (reply.status === 'streaming') return null

  const figures = toFigures(reply)
  if (figures === undefined) {
    return <p className="text-xs leading-6 text-muted-foreground">{t('notRecorded')}</p>
  }
  return (
    <div
      role="toolbar"
      aria-label={t('label')}
      onKeyDown={moveFocus}
      className="flex flex-wrap items-baseline text-xs leading-6 text-muted-foreground tabular-nums"
    >
      {figures.map((figure, index) => {
        const { text, definition, spoken } = words(figure)
        return (
          <span key={figure.name} className="flex items-baseline">
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
            {index === figures.length - 1 ? null : (
              <span aria-hidden="true" className="mx-1.5 text-border-strong">
                ·
              </span>
            )}
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
