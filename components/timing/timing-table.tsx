'use client'

import { ChevronDownIcon, ChevronUpIcon } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { memo, useRef } from 'react'
import { SpacerRow } from '@/components/ui/spacer-row'
import { Term } from '@/components/ui/term'
import { ROW_PX, useWindowedRows } from '@/components/ui/use-windowed-rows'
import type { TimingRow } from '@/lib/domain/timing-row'
import { cn } from '@/lib/utils'
import { PercentileRows } from './percentile-rows'
import type { Sorting } from './sort-rows'
import type { ColumnSummary } from './summarize-columns'
import { TimingCell } from './timing-cell'
import { type ColumnName, isNumeric, TIMING_COLUMNS, type TimingColumn } from './timing-columns'

export type TimingTableProps = {
  /** As they are shown: filtered and sorted. */
  rows: readonly TimingRow[]
  summary: Partial<Record<ColumnName, ColumnSummary>>
  sorting: Sorting
  onSort: (sorting: Sorting) => void
  /** The reply whose details are on show. */
  openId: string | undefined
  onOpen: (messageId: string) => void
}

/** One row an answer; it scrolls in its own box, makes only the rows in view, and sorts by any column. */
export function TimingTable({ rows, summary, sorting, onSort, openId, onOpen }: TimingTableProps) {
  const t = useTranslations('debug')
  const scroller = useRef<HTMLElement>(null)
  const { first, end } = useWindowedRows({ scroller, count: rows.length })
  const headRows = 1 + (rows.length === 0 ? 0 : 3)

  return (
    <section
      ref={scroller}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label={t('table')}
      className="relative max-h-[max(24rem,calc(100dvh-12rem))] overflow-auto rounded-xl border border-border [overflow-anchor:none] print:max-h-none print:overflow-visible print:border-0"
    >
      <table
        aria-rowcount={rows.length + headRows}
        className="w-full border-separate border-spacing-0 text-xs leading-5 tabular-nums print:text-[7pt]"
      >
        <thead className="sticky top-0 z-10 bg-background print:static">
          <tr aria-rowindex={1}>
            {TIMING_COLUMNS.map((column) => (
              <HeadCell key={column.name} column={column} sorting={sorting} onSort={onSort} />
            ))}
          </tr>
          {rows.length === 0 ? null : <PercentileRows summary={summary} count={rows.length} />}
        </thead>
        <tbody>
          <SpacerRow columns={TIMING_COLUMNS.length} count={first} />
          {rows.slice(first, end).map((row, index) => (
            <BodyRow
              key={row.messageId}
              row={row}
              rowIndex={headRows + first + index + 1}
              isOpen={row.messageId === openId}
              onOpen={onOpen}
            />
          ))}
          <SpacerRow columns={TIMING_COLUMNS.length} count={rows.length - end} />
        </tbody>
      </table>
    </section>
  )
}

const STATUS_CLASSES: Record<TimingRow['status'], string> = {
  streaming: 'text-accent',
  complete: '',
  stopped: 'text-muted-foreground',
  interrupted: 'text-warning',
  failed: 'text-danger',
}

const BodyRow = memo(function BodyRow({
  row,
  rowIndex,
  isOpen,
  onOpen,
}: {
  row: TimingRow
  rowIndex: number
  isOpen: boolean
  onOpen: (messageId: string) => void
}) {
  return (
    <tr
      aria-rowindex={rowIndex}
      data-message-id={row.messageId}
      style={{ height: ROW_PX }}
      className={cn('cursor-pointer hover:bg-muted', isOpen && 'bg-accent-soft')}
      onClick={({ target }) => {
        const isOwn = target instanceof Element && target.closest('a, button') !== null
        if (!isOwn && !hasSelection()) onOpen(row.messageId)
      }}
    >
      {TIMING_COLUMNS.map((column) => (
        <td
          key={column.name}
          className={cn(
            'border-b border-border px-3 py-0 whitespace-nowrap print:px-1',
            isNumeric(column) && 'text-right',
            column.name === 'ttft' && 'font-medium',
            column.name === 'status' && STATUS_CLASSES[row.status],
          )}
        >
          <TimingCell row={row} column={column} onOpen={onOpen} />
        </td>
      ))}
    </tr>
  )
})

/** A figure that was marked to be copied is no wish for details. */
function hasSelection(): boolean {
  return document.getSelection()?.isCollapsed === false
}

function HeadCell({
  column,
  sorting,
  onSort,
}: {
  column: TimingColumn
  sorting: Sorting
  onSort: (sorting: Sorting) => void
}) {
  const t = useTranslations('debug.columns')
  const { name } = column
  const isSorted = sorting.name === name
  const direction = sorting.isDescending ? 'descending' : 'ascending'
  const Arrow = sorting.isDescending ? ChevronDownIcon : ChevronUpIcon
  return (
    <th
      scope="col"
      aria-sort={isSorted ? direction : undefined}
      className={cn(
        'border-b border-border bg-muted px-3 py-1.5 font-medium whitespace-nowrap text-muted-foreground print:px-1',
        isNumeric(column) ? 'text-right' : 'text-left',
      )}
    >
      <Term
        definition={t(`${name}.definition`)}
        onClick={() => onSort({ name, isDescending: !isSorted || !sorting.isDescending })}
        className={cn('inline-flex items-center gap-1', isSorted && 'text-foreground')}
      >
        {t(`${name}.label`)}
        {isSorted ? <Arrow aria-hidden="true" className="size-3 print:hidden" /> : null}
      </Term>
    </th>
  )
}
