'use client'

import { useLocale, useTranslations } from 'next-intl'
import { useEffect, useId, useMemo, useState } from 'react'
import type { TimingRow } from '@/lib/domain/timing-row'
import { parseGoodput } from '@/lib/timing/parse-goodput'
import { measureGoodput } from './measure-goodput'

const KEY = 'first-token.goodput'

/** The share of the rows on show that met targets of the reader's own, which the browser remembers. */
export function GoodputField({ rows }: { rows: readonly TimingRow[] }) {
  const t = useTranslations('debug.goodput')
  const id = useId()
  const [text, setText] = useRememberedText()
  const targets = parseGoodput(text)
  return (
    <div className="col-span-2 flex flex-col gap-0.5 text-xs text-muted-foreground">
      <label htmlFor={id}>{t('label')}</label>
      <span className="flex flex-wrap items-center gap-x-2">
        <input
          id={id}
          value={text}
          spellCheck={false}
          autoComplete="off"
          placeholder={t('placeholder')}
          aria-describedby={`${id}-result`}
          aria-invalid={targets === undefined}
          onChange={({ target }) => setText(target.value)}
          className="h-8 w-full rounded-lg sm:w-44 border border-border bg-background px-2 font-mono text-xs text-foreground hover:border-border-strong aria-invalid:border-danger"
        />
        <output id={`${id}-result`} className="text-foreground tabular-nums" data-goodput="">
          {targets === undefined ? (
            <span className="text-danger">{t('unreadable')}</span>
          ) : (
            <Share rows={rows} text={text} />
          )}
        </output>
      </span>
    </div>
  )
}

function Share({ rows, text }: { rows: readonly TimingRow[]; text: string }) {
  const t = useTranslations('debug.goodput')
  const locale = useLocale()
  const result = useMemo(() => {
    const targets = parseGoodput(text) ?? {}
    return Object.keys(targets).length === 0 ? undefined : measureGoodput({ rows, targets })
  }, [rows, text])
  if (result === undefined) return null
  const { good, judged } = result
  if (judged === 0) return t('none')
  const percent = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(
    (good / judged) * 100,
  )
  return t('share', { percent, good, judged })
}

function useRememberedText(): [string, (text: string) => void] {
  const [text, setText] = useState('')
  useEffect(() => setText(readText()), [])
  return [
    text,
    (next) => {
      setText(next)
      writeText(next)
    },
  ]
}

function readText(): string {
  try {
    return localStorage.getItem(KEY) ?? ''
  } catch {
    return ''
  }
}

/** A browser may forbid storage; then the targets live as long as the page. */
function writeText(text: string): void {
  try {
    localStorage.setItem(KEY, text)
  } catch {}
}
