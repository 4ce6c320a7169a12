'use client'

import Link from 'next/link'
import { useLocale, useTranslations } from 'next-intl'
import { LocalTime } from '@/components/ui/local-time'
import type { TimingRow } from '@/lib/domain/timing-row'
import { formatCount } from '@/lib/timing/format-count'
import { formatMilliseconds } from '@/lib/timing/format-duration'
import { formatRate } from '@/lib/timing/format-rate'
import { type TimingColumn, toMissingKey } from './timing-columns'

export type TimingCellProps = {
  row: TimingRow
  column: TimingColumn
  onOpen: (messageId: string) => void
}

/** What one cell holds; a gap says its reason to the pointer and to a screen reader. */
export function TimingCell({ row, column, onOpen }: TimingCellProps) {
  const t = useTranslations()
  const locale = useLocale()
  const value = column.read(row)

  if (value === undefined) return <Gap reason={t(gapKey({ row, column }))} />
  if (column.kind === 'question') return <QuestionLink row={row} />
  if (column.kind === 'status') return t(`chat.statuses.${row.status}`)
  if (column.kind === 'flags') return <FlagLabels row={row} />
  if (typeof value === 'string') {
    return (
      <span title={value} className="block max-w-44 truncate">
        {value}
      </span>
    )
  }
  if (column.kind === 'time') return <DetailsButton row={row} atMs={value} onOpen={onOpen} />
  if (column.kind === 'rate') return formatRate({ tokensPerSecond: value, locale })
  if (column.kind === 'count') return formatCount({ count: value, locale })
  return formatMilliseconds({ ms: value, locale })
}

function QuestionLink({ row }: { row: TimingRow }) {
  const t = useTranslations('debug')
  return (
    <Link
      href={`/chat/${row.threadId}`}
      prefetch={false}
      title={t('open')}
      className="block max-w-64 truncate text-foreground underline decoration-border-strong underline-offset-4 hover:decoration-current print:max-w-40 print:no-underline"
    >
      {row.question === '' ? t('open') : row.question}
    </Link>
  )
}

function DetailsButton({
  row,
  atMs,
  onOpen,
}: {
  row: TimingRow
  atMs: number
  onOpen: (messageId: string) => void
}) {
  const t = useTranslations('debug')
  return (
    <button
      type="button"
      title={t('details')}
      onClick={() => onOpen(row.messageId)}
      className="rounded-sm underline decoration-border-strong underline-offset-4 hover:decoration-current print:no-underline"
    >
      <LocalTime atMs={atMs} />
      <span className="sr-only">{t('details')}</span>
    </button>
  )
}

function FlagLabels({ row: { flags = [] } }: { row: TimingRow }) {
  const t = useTranslations('flags')
  const words = flags.map(({ code }) => t(`${code}.label`)).join(', ')
  return (
    <span title={words} className="block max-w-56 truncate text-warning">
      {words}
    </span>
  )
}

function gapKey({ row, column }: { row: TimingRow; column: TimingColumn }) {
  if (row.timing !== undefined || column.kind === 'text')
    return `debug.${toMissingKey({ row, column })}`
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
