'use client'

import { useLocale, useTranslations } from 'next-intl'
import { memo, useMemo } from 'react'
import { FigureTable } from '@/components/ui/figure-table'
import { LocalTime, useIsInBrowser } from '@/components/ui/local-time'
import { Plot } from '@/components/ui/plot/plot'
import type { PlotMark, PlotSeries } from '@/components/ui/plot/plot-parts'
import type { TimingRow } from '@/lib/domain/timing-row'
import { formatCount } from '@/lib/timing/format-count'
import { formatDuration, formatMilliseconds } from '@/lib/timing/format-duration'
import { toTickFormat, toTimeTicks } from './time-ticks'
import {
  CACHE_STATES,
  type CacheState,
  listRestarts,
  type TimingPoint,
  toPromptPoints,
  toTimePoints,
} from './to-timing-points'

type Look = Pick<PlotSeries<TimingPoint>, 'shape' | 'color'> & { sign: string }

const LOOKS: Record<CacheState, Look> = {
  cached: { shape: 'dot', color: 'accent', sign: '●' },
  cold: { shape: 'ring', color: 'warning', sign: '○' },
  unknown: { shape: 'cross', color: 'muted-foreground', sign: '×' },
}

const TIME_TICKS = 6
const MINUTE_MS = 60_000
/** The tables behind the plots show the newest; all are in the table of answers and in the exports. */
const MAX_TABLE_ROWS = 500

type ChartsProps = {
  rows: readonly TimingRow[]
  onOpen: (messageId: string) => void
}

/**
 * TTFT over time, and against the length of the prompt: each reply is a point. What changes beside them draws
 * tens of thousands of points no second time.
 */
export const TimingCharts = memo(function TimingCharts(props: ChartsProps) {
  return (
    <div className="grid gap-x-8 gap-y-5 xl:grid-cols-2">
      <TtftOverTime {...props} />
      <TtftByPrompt {...props} />
    </div>
  )
})

function TtftOverTime({ rows, onOpen }: ChartsProps) {
  const t = useTranslations('debug.charts')
  const locale = useLocale()
  const points = useMemo(() => toTimePoints(rows), [rows])
  const restarts = useMemo(() => listRestarts(rows), [rows])
  const marks: PlotMark[] = restarts.map((atMs) => ({ x: atMs, label: t('restart') }))
  const range = useMemo(() => toRange(points), [points])
  const isInBrowser = useIsInBrowser()
  const offsetMs = isInBrowser ? -new Date(range.max).getTimezoneOffset() * MINUTE_MS : 0
  const { ticks, stepMs } = toTimeTicks({ ...range, count: TIME_TICKS, offsetMs })
  const zone = isInBrowser ? {} : { timeZone: 'UTC' }
  const format = new Intl.DateTimeFormat(locale, { ...toTickFormat(stepMs), ...zone })
  return (
    <Chart
      title={t('overTime')}
      points={points}
      table={t('overTimeTable')}
      first={{ label: t('time'), cell: ({ row }) => <LocalTime atMs={row.createdAtMs} /> }}
      marksNote={restarts.length === 0 ? undefined : t('restarts', { count: restarts.length })}
    >
      {(series) => (
        <Plot
          label={t('overTimeLabel', { count: points.length })}
          series={series}
          range={range}
          ticksX={ticks}
          marks={marks}
          x={{ title: t('time'), format: (atMs) => format.format(atMs) }}
          y={{ title: t('ttftMs'), format: (ms) => ms.toLocaleString(locale) }}
          write={({ row, y }) =>
            t('point', { question: row.question, value: formatDuration({ ms: y, locale }) })
          }
          onPick={({ row }) => onOpen(row.messageId)}
        />
      )}
    </Chart>
  )
}

function TtftByPrompt({ rows, onOpen }: ChartsProps) {
  const t = useTranslations('debug.charts')
  const locale = useLocale()
  const points = useMemo(() => toPromptPoints(rows), [rows])
  return (
    <Chart
      title={t('byPrompt')}
      points={points}
      table={t('byPromptTable')}
      first={{ label: t('promptTokens'), cell: ({ x }) => formatCount({ count: x, locale }) }}
    >
      {(series) => (
        <Plot
          label={t('byPromptLabel', { count: points.length })}
          series={series}
          x={{ title: t('promptTokens'), format: (count) => formatCount({ count, locale }) }}
          y={{ title: t('ttftMs'), format: (ms) => ms.toLocaleString(locale) }}
          write={({ x, y }) =>
            t('promptPoint', {
              tokens: formatCount({ count: x, locale }),
              value: formatDuration({ ms: y, locale }),
            })
          }
          onPick={({ row }) => onOpen(row.messageId)}
        />
      )}
    </Chart>
  )
}

function Chart({
  title,
  points,
  table,
  first,
  marksNote,
  children,
}: {
  title: string
  points: readonly TimingPoint[]
  table: string
  first: { label: string; cell: (point: TimingPoint) => React.ReactNode }
  marksNote?: string | undefined
  children: (series: PlotSeries<TimingPoint>[]) => React.ReactNode
}) {
  const t = useTranslations('debug.charts')
  const locale = useLocale()
  const series = useMemo(() => toSeries(points), [points])
  const shown = points.slice(0, MAX_TABLE_ROWS)
  return (
    <figure className="min-w-0 break-inside-avoid">
      <figcaption className="mb-1 flex flex-wrap items-baseline gap-x-3 text-xs leading-5">
        <span className="font-medium">{title}</span>
        {series.map(({ name, points: { length } }) => (
          <span key={name} className="text-muted-foreground tabular-nums">
            <span aria-hidden="true">{LOOKS[name].sign}</span> {t(`cache.${name}`)} {length}
          </span>
        ))}
        {marksNote === undefined ? null : <span className="text-warning">┆ {marksNote}</span>}
      </figcaption>
      {children(series)}
      <FigureTable
        summary={t('asTable')}
        caption={shown.length < points.length ? t('newest', { table, count: shown.length }) : table}
        columns={[
          { name: 'first', label: first.label },
          { name: 'ttft', label: t('ttftMs'), isNumeric: true },
          { name: 'cache', label: t('cacheState') },
        ]}
        rows={() =>
          shown.map((point) => ({
            key: point.row.messageId,
            cells: [
              first.cell(point),
              formatMilliseconds({ ms: point.y, locale }),
              t(`cache.${point.cache}`),
            ],
          }))
        }
      />
    </figure>
  )
}

function toSeries(
  points: readonly TimingPoint[],
): (PlotSeries<TimingPoint> & { name: CacheState })[] {
  return CACHE_STATES.map((name) => ({
    name,
    shape: LOOKS[name].shape,
    color: LOOKS[name].color,
    points: points.filter(({ cache }) => cache === name),
  })).filter(({ points: { length } }) => length > 0)
}

/** Rows are newest first in no filter's way; a single one still has a width. */
function toRange(points: readonly TimingPoint[]): { min: number; max: number } {
  let min = Number.POSITIVE_INFINITY
  let max = Number.NEGATIVE_INFINITY
  for (const { x } of points) {
    min = Math.min(min, x)
    max = Math.max(max, x)
  }
  if (min > max) return { min: 0, max: MINUTE_MS }
  const padMs = Math.max(1_000, (max - min) * 0.02)
  return { min: min - padMs, max: max + padMs }
}
