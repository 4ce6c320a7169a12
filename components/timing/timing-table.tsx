'use client'

import { ChevronDownIcon, ChevronUpIcon } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { Term } from '@/components/ui/term'
import type { TimingRow } from '@/lib/domain/timing-row'
import { cn } from '@/lib/utils'
import { TimingCell } from './timing-cell'
import {
  type ColumnName,
  listGaps,
  type Sorting,
  sortRows,
  TIMING_COLUMNS,
  type TimingColumn,
} from './timing-columns'

/** One row an answer; it scrolls in its own box, sorts by any column, and says what is missing and why. */
export function TimingTable({ rows }: { rows: TimingRow[] }) {
  const t = useTranslations('debug')
  const [sorting, setSorting] = useState<Sorting>({ name: 'time', isDescending: true })
  const sorted = sortRows({ rows, sorting })
  const sortBy = (name: ColumnName) =>
    setSorting((now) => ({ name, isDescending: now.name !== name || !now.isDescending }))

  return (
    <>
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label={t('table')}
        className="relative max-h-[max(20rem,calc(100dvh-19rem))] overflow-auto rounded-xl border border-border print:max-h-none print:overflow-visible print:border-0"
      >
        <table className="w-full border-separate border-spacing-0 text-xs leading-5 tabular-nums print:text-[7pt]">
          <thead>
            <tr>
              {TIMING_COLUMNS.map((column) => (
                <HeadCell key={column.name} column={column} sorting={sorting} onSort={sortBy} />
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted.map((row) => (
              <tr key={row.messageId} className="hover:bg-muted">
                {TIMING_COLUMNS.map((column) => (
                  <td
                    key={column.name}
                    className={cn(
                      'border-b border-border px-3 py-1.5 whitespace-nowrap print:px-1 print:py-0.5',
                      isNumeric(column) && 'text-right',
                      column.name === 'ttft' && 'font-medium',
                      column.name === 'status' && STATUS_CLASSES[row.status],
                    )}
                  >
                    <TimingCell row={row} column={column} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <GapNotes rows={rows} />
      <Definitions />
    </>
  )
}

const STATUS_CLASSES: Record<TimingRow['status'], string> = {
  streaming: 'text-accent',
  complete: '',
  stopped: 'text-muted-foreground',
  interrupted: 'text-warning',
  failed: 'text-danger',
}

function HeadCell({
  column,
  sorting,
  onSort,
}: {
  column: TimingColumn
  sorting: Sorting
  onSort: (name: ColumnName) => void
}) {
  const t = useTranslations('debug.columns')
  const isSorted = sorting.name === column.name
  const direction = sorting.isDescending ? 'descending' : 'ascending'
  const Arrow = sorting.isDescending ? ChevronDownIcon : ChevronUpIcon
  return (
    <th
      scope="col"
      aria-sort={isSorted ? direction : undefined}
      className={cn(
        'sticky top-0 z-10 border-b border-border bg-muted px-3 py-1.5 font-medium whitespace-nowrap text-muted-foreground print:static print:px-1',
        isNumeric(column) ? 'text-right' : 'text-left',
      )}
    >
      <Term
        definition={t(`${column.name}.definition`)}
        onClick={() => onSort(column.name)}
        className={cn('inline-flex items-center gap-1', isSorted && 'text-foreground')}
      >
        {t(`${column.name}.label`)}
        {isSorted ? <Arrow aria-hidden="true" className="size-3 print:hidden" /> : null}
      </Term>
    </th>
  )
}

function isNumeric({ kind }: TimingColumn): boolean {
  return kind === 'ms' || kind === 'rate' || kind === 'count'
}

function GapNotes({ rows }: { rows: TimingRow[] }) {
  const t = useTranslations('debug')
  const gaps = listGaps(rows)
  if (gaps.length === 0) return null
  return (
    <section aria-labelledby="timing-gaps" className="mt-4 text-xs leading-5 text-muted-foreground">
      <h2 id="timing-gaps" className="font-medium text-foreground">
        {t('gaps')}
      </h2>
      <ul className="mt-1">
        {gaps.map(({ name, missing }) => (
          <li key={name}>
            <span className="text-foreground">{t(`columns.${name}.label`)}</span> — {t(missing)}
          </li>
        ))}
      </ul>
    </section>
  )
}

function Definitions() {
  const t = useTranslations('debug')
  return (
    <details className="mt-4 text-xs leading-5 text-muted-foreground">
      <summary className="w-fit font-medium text-foreground">{t('definitions')}</summary>
      <dl className="mt-2 grid gap-x-8 gap-y-1 md:grid-cols-2">
        {TIMING_COLUMNS.map(({ name }) => (
          <div key={name} className="grid grid-cols-[7rem_1fr] gap-x-3">
            <dt className="text-foreground">{t(`columns.${name}.label`)}</dt>
            <dd>{t(`columns.${name}.definition`)}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}
