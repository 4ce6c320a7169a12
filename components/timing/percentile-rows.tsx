'use client'

import { useLocale, useTranslations } from 'next-intl'
import { formatCount } from '@/lib/timing/format-count'
import { formatMilliseconds } from '@/lib/timing/format-duration'
import { formatRate } from '@/lib/timing/format-rate'
import { cn } from '@/lib/utils'
import { type ColumnSummary, PERCENTILES } from './summarize-columns'
import { type ColumnName, isNumeric, TIMING_COLUMNS, type TimingColumn } from './timing-columns'

/** The columns before the first figure: the row's name stands in their place. */
const NAMED_COLUMNS = TIMING_COLUMNS.findIndex(isNumeric)

/** p50, p90 and p99 of each column over the rows on show. */
export function PercentileRows({
  summary,
  count,
}: {
  summary: Partial<Record<ColumnName, ColumnSummary>>
  count: number
}) {
  const t = useTranslations('debug')
  const format = useValueFormat()
  return PERCENTILES.map((percentile, index) => (
    <tr key={percentile} aria-rowindex={index + 2} data-percentile={percentile * 100}>
      <th
        scope="row"
        colSpan={NAMED_COLUMNS}
        className="border-b border-border px-3 py-1 text-left font-medium print:px-1"
      >
        {t('percentile', { percentile: percentile * 100 })}
        {index === 0 ? (
          <span className="ml-2 font-normal text-muted-foreground">{t('ofRows', { count })}</span>
        ) : null}
      </th>
      {TIMING_COLUMNS.slice(NAMED_COLUMNS).map((column) => {
        const value = summary[column.name]?.percentiles[index]
        return (
          <td
            key={column.name}
            data-column={column.name}
            data-value={value}
            className={cn(
              'border-b border-border px-3 py-1 text-right whitespace-nowrap print:px-1',
              column.name === 'ttft' ? 'font-medium text-foreground' : 'text-muted-foreground',
            )}
          >
            {value === undefined ? null : format({ column, value })}
          </td>
        )
      })}
    </tr>
  ))
}

function useValueFormat(): (options: { column: TimingColumn; value: number }) => string {
  const locale = useLocale()
  return ({ column, value }) => {
    if (column.kind === 'rate') return formatRate({ tokensPerSecond: value, locale })
    if (column.kind === 'count') return formatCount({ count: value, locale })
    return formatMilliseconds({ ms: value, locale })
  }
}
