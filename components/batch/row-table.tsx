'use client'

import { useLocale, useTranslations } from 'next-intl'
import { memo, useEffect, useRef } from 'react'
import { SpacerRow } from '@/components/ui/spacer-row'
import { ROW_PX, useWindowedRows } from '@/components/ui/use-windowed-rows'
import type { BatchRowView } from '@/lib/domain/batch'
import { formatMilliseconds } from '@/lib/timing/format-duration'
import { formatRate } from '@/lib/timing/format-rate'
import { cn } from '@/lib/utils'

const COLUMNS = ['row', 'question', 'state', 'ttft', 'rate', 'tokens', 'answer'] as const
const NUMERIC: readonly string[] = ['row', 'ttft', 'rate', 'tokens']

/** Every row of a batch as it stands; only those in view are made, and only those are asked for. */
export function RowTable({
  count,
  rows,
  onLook,
}: {
  count: number
  rows: { first: number; items: readonly BatchRowView[] }
  onLook: (window: { first: number; count: number }) => void
}) {
  const t = useTranslations('batch.rows')
  const scroller = useRef<HTMLElement>(null)
  const { first, end } = useWindowedRows({ scroller, count })
  useEffect(() => {
    if (end > first) onLook({ first, count: end - first })
  }, [first, end, onLook])
  const indexes = Array.from({ length: end - first }, (_, at) => first + at)
  return (
    <section
      ref={scroller}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label={t('label')}
      className="relative max-h-[max(20rem,calc(100dvh-16rem))] overflow-auto rounded-xl border border-border [overflow-anchor:none] print:max-h-none print:border-0"
    >
      <table
        aria-rowcount={count + 1}
        className="w-full min-w-[48rem] table-fixed border-separate border-spacing-0 text-xs leading-5 tabular-nums"
      >
        <colgroup>
          <col className="w-16" />
          <col className="w-[36%]" />
          <col className="w-20" />
          <col className="w-20" />
          <col className="w-16" />
          <col className="w-16" />
          <col />
        </colgroup>
        <thead className="sticky top-0 z-10 bg-background print:static">
          <tr aria-rowindex={1}>
            {COLUMNS.map((name) => (
              <th
                key={name}
                scope="col"
                className={cn(
                  'border-b border-border bg-muted px-2.5 py-1.5 font-medium whitespace-nowrap text-muted-foreground',
                  NUMERIC.includes(name) ? 'text-right' : 'text-left',
                )}
              >
                {t(name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <SpacerRow columns={COLUMNS.length} count={first} />
          {indexes.map((index) => (
            <Row key={index} index={index} row={rows.items[index - rows.first]} />
          ))}
          <SpacerRow columns={COLUMNS.length} count={count - end} />
        </tbody>
      </table>
    </section>
  )
}

const STATE_CLASSES: Record<BatchRowView['state'], string> = {
  waiting: 'text-muted-foreground',
  running: 'text-accent',
  complete: '',
  interrupted: 'text-warning',
  failed: 'text-danger',
}

const CELL = 'truncate border-b border-border px-2.5 py-0'

const Row = memo(
  function Row({ index, row }: { index: number; row: BatchRowView | undefined }) {
    const t = useTranslations('batch.rows')
    const locale = useLocale()
    const { ttftMs, tokensPerSecond, completionTokens } = row ?? {}
    return (
      <tr aria-rowindex={index + 2} data-row={index} style={{ height: ROW_PX }}>
        <td className={cn(CELL, 'text-right text-muted-foreground')}>{index + 1}</td>
        <td className={CELL} title={row?.prompt}>
          {row?.prompt}
        </td>
        <td className={cn(CELL, row === undefined ? '' : STATE_CLASSES[row.state])}>
          {row === undefined ? '' : t(`states.${row.state}`)}
        </td>
        <td className={cn(CELL, 'text-right')}>
          {ttftMs === undefined ? '' : formatMilliseconds({ ms: ttftMs, locale })}
        </td>
        <td className={cn(CELL, 'text-right')}>
          {tokensPerSecond === undefined ? '' : formatRate({ tokensPerSecond, locale })}
        </td>
        <td className={cn(CELL, 'text-right')}>{completionTokens ?? ''}</td>
        <td className={CELL} title={row?.text}>
          {row?.error === undefined ? row?.text : row.error.code}
        </td>
      </tr>
    )
  },
  (before, after) =>
    before.index === after.index && JSON.stringify(before.row) === JSON.stringify(after.row),
)
