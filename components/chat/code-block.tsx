'use client'

import { useTranslations } from 'next-intl'
import { useId, useRef, useState } from 'react'
import { cn } from '@/lib/utils'
import { CodeLines } from './code-lines'
import { CopyButton } from './copy-button'
import { useIsLiveAnswer } from './live-answer'
import { useHighlight } from './use-highlight'

/** Longer code is folded to so many lines; all of its text is there for a copy or a search. */
const FOLDED_LINES = 30
/** Half of one more is seen. */
const SHOWN_LINES = FOLDED_LINES + 1

export function CodeBlock({ code, language }: { code: string; language: string | undefined }) {
  const t = useTranslations('chat')
  const id = useId()
  const figure = useRef<HTMLElement>(null)
  const isLive = useIsLiveAnswer()
  const [isOpen, setOpen] = useState(isLive)
  const lineCount = countLines(code)
  const isLong = lineCount > FOLDED_LINES
  const isFolded = isLong && !isOpen
  const lines = useHighlight({
    code: isFolded ? firstLines(code) : code,
    name: language,
    element: figure,
  })
  return (
    <figure
      ref={figure}
      className="overflow-hidden rounded-xl border border-border bg-muted print:break-inside-auto"
    >
      <figcaption className="flex h-10 items-center justify-between border-b border-border pr-1.5 pl-4 text-xs text-muted-foreground">
        {language ?? t('plainCode')}
        <CopyButton label={t('copyCode')} readText={() => code} className="print:hidden" />
      </figcaption>
      <pre
        id={id}
        data-folded={isFolded}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls only what it can reach
        tabIndex={0}
        className={cn(
          'overflow-x-auto px-4 py-3 font-mono text-[0.8125rem] leading-6 [tab-size:4] print:whitespace-pre-wrap',
          isFolded && 'max-h-[46.5rem] overflow-y-hidden print:max-h-none',
        )}
      >
        <code>
          <CodeLines code={code} lines={lines} />
        </code>
      </pre>
      {isLong ? (
        <button
          type="button"
          aria-expanded={isOpen}
          aria-controls={id}
          className="w-full border-t border-border px-4 py-2 text-left text-xs text-muted-foreground hover:bg-bubble hover:text-foreground print:hidden"
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? t('foldCode') : t('unfoldCode', { count: lineCount })}
        </button>
      ) : null}
    </figure>
  )
}

function countLines(code: string): number {
  let count = 1
  for (let at = code.indexOf('\n'); at !== -1; at = code.indexOf('\n', at + 1)) count += 1
  return count
}

function firstLines(code: string): string {
  let end = -1
  for (let count = 0; count < SHOWN_LINES; count += 1) end = code.indexOf('\n', end + 1)
  return code.slice(0, end)
}
