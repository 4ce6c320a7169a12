'use client'

import Link from 'next/link'
import { useLocale, useTranslations } from 'next-intl'
import { useSyncExternalStore } from 'react'
import type { TimingRow } from '@/lib/domain/timing-row'
import { formatCount } from '@/lib/timing/format-count'
import { formatMilliseconds } from '@/lib/timing/format-duration'
import { formatRate } from '@/lib/timing/format-rate'
import type { TimingColumn } from './timing-columns'

/** What one cell holds; a gap says its reason to the pointer and to a screen reader. */
export function TimingCell({ row, column }: { row: TimingRow; column: TimingColumn }) {
  const t = useTranslations()
  const locale = useLocale()
  const value = column.read(row)

  if (value === undefined) return <Gap reason={t(gapKey({ row, column }))} />
  if (column.kind === 'question') {
    return (
      <Link
        href={`/chat/${row.threadId}`}
        title={t('debug.open')}
        className="block max-w-64 truncate text-foreground underline decoration-border-strong underline-offset-4 hover:decoration-current print:max-w-40 print:no-underline"
      >
        {row.question === '' ? t('debug.open') : row.question}
      </Link>
    )
  }
  if (column.kind === 'status') return t(`chat.statuses.${row.status}`)
  if (typeof value === 'string') {
    return (
      <span title={value} className="block max-w-44 truncate">
        {value}
      </span>
    )
  }
  if (column.kind === 'time') return <LocalTime atMs={value} />
  if (column.kind === 'rate') return formatRate({ tokensPerSecond: value, locale })
  if (column.kind === 'count') return formatCount({ count: value, locale })
  return formatMilliseconds({ ms: value, locale })
}

function gapKey({ row, column }: { row: TimingRow; column: TimingColumn }) {
  if (row.timing !== undefined || column.kind === 'text') return `debug.${column.missing}`
  return row.status === 'streaming' ? 'chat.statuses.streaming' : 'timing.notRecorded'
}

function Gap({ reason }: { reason: string }) {
  return (
    <span title={reason} className="text-muted-foreground">
      <span aria-hidden="true">—</span>
      <span className="sr-only">{reason}</span>
    </span>
  )
}

/** The server does not know the reader's time zone: it renders UTC, the browser its own. */
function LocalTime({ atMs }: { atMs: number }) {
  const locale = useLocale()
  const isInBrowser = useSyncExternalStore(subscribeToNothing, isTrue, isFalse)
  const text = new Intl.DateTimeFormat(locale, {
    dateStyle: 'short',
    timeStyle: 'medium',
    hour12: false,
    ...(isInBrowser ? {} : { timeZone: 'UTC' }),
  }).format(atMs)
  return (
    <time dateTime={new Date(atMs).toISOString()} className="whitespace-nowrap">
      {text}
    </time>
  )
}

const subscribeToNothing = () => () => undefined
const isTrue = () => true
const isFalse = () => false
