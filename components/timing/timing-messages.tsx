'use client'

import { useTranslations } from 'next-intl'
import { useDeferredValue, useMemo } from 'react'
import { buttonClasses } from '@/components/ui/button'
import type { TimingRow } from '@/lib/domain/timing-row'
import { FilterBar } from './filter-bar'
import { filterRows, type RowFilter, toFilterParams } from './filter-rows'
import { Definitions, GapNotes } from './gap-notes'
import { GoodputField } from './goodput-field'
import { type Sorting, sortRows } from './sort-rows'
import { summarizeColumns } from './summarize-columns'
import { TimingCharts } from './timing-charts'
import { TimingTable } from './timing-table'

const FORMATS = ['jsonl', 'csv', 'summary'] as const

export type TimingMessagesProps = {
  rows: readonly TimingRow[]
  filter: RowFilter
  onFilter: (filter: RowFilter) => void
  sorting: Sorting
  onSort: (sorting: Sorting) => void
  openId: string | undefined
  onOpen: (messageId: string) => void
}

/** Every answer: filter, percentiles and goodput of what is on show, plots, and the table. */
export function TimingMessages(props: TimingMessagesProps) {
  const { rows, filter, onFilter, sorting, onSort, openId, onOpen } = props
  const t = useTranslations('debug')
  // A key press is painted before tens of thousands of rows are gone through.
  const [given, narrowed, order] = useDeferredValue(
    useMemo(() => [rows, filter, sorting] as const, [rows, filter, sorting]),
  )
  const filtered = useMemo(() => filterRows({ rows: given, filter: narrowed }), [given, narrowed])
  const sorted = useMemo(() => sortRows({ rows: filtered, sorting: order }), [filtered, order])
  const summary = useMemo(() => summarizeColumns(filtered), [filtered])

  if (rows.length === 0) return <Empty text={t('empty')} />
  return (
    <>
      <FilterBar rows={given} filter={filter} onChange={onFilter}>
        <GoodputField rows={filtered} />
        <Exports filter={filter} />
      </FilterBar>
      <p role="status" className="mt-3 mb-1.5 text-xs leading-5 text-muted-foreground tabular-nums">
        {filtered.length === rows.length
          ? t('rows', { count: rows.length })
          : t('rowsOf', { count: filtered.length, total: rows.length })}
      </p>
      {sorted.length === 0 ? (
        <Empty text={t('emptyFilter')} />
      ) : (
        <TimingTable {...{ rows: sorted, summary, sorting, onSort, openId, onOpen }} />
      )}
      <div className="mt-6">
        <TimingCharts rows={filtered} onOpen={onOpen} />
      </div>
      <GapNotes rows={filtered} />
      <Definitions />
    </>
  )
}

function Exports({ filter }: { filter: RowFilter }) {
  const t = useTranslations('debug.exports')
  return (
    <div className="col-span-2 flex items-center gap-1 sm:ml-auto">
      <span className="text-xs text-muted-foreground">{t('label')}</span>
      {FORMATS.map((format) => {
        const params = toFilterParams(filter)
        params.set('format', format)
        return (
          <a
            key={format}
            href={`/api/timings/export?${params}`}
            download
            title={t(`${format}.title`)}
            className={buttonClasses({ variant: 'outline', size: 'small' })}
          >
            {t(`${format}.label`)}
          </a>
        )
      })}
    </div>
  )
}

function Empty({ text }: { text: string }) {
  return (
    <p className="rounded-xl border border-dashed border-border px-4 py-12 text-center text-sm text-muted-foreground">
      {text}
    </p>
  )
}
