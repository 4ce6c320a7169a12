'use client'

import { useTranslations } from 'next-intl'
import { useMemo } from 'react'
import { FigureTable } from '@/components/ui/figure-table'
import { Plot } from '@/components/ui/plot/plot'
import type { PlotSeries } from '@/components/ui/plot/plot-parts'
import { type Gap, toGaps } from '@/lib/timing/to-gaps'
import { useValues } from './use-values'

/** Beyond so many pieces the server keeps every n-th arrival. */
const ALL_KEPT = 4_000

type GapPoint = { x: number; y: number; gap: Gap }

/** The waits between the pieces of one answer over time; stalls have a shape of their own. */
export function GapPlot({ arrivalOffsetsMs }: { arrivalOffsetsMs: readonly number[] | undefined }) {
  const t = useTranslations('trace.gaps')
  const { duration, count } = useValues()
  const result = useMemo(() => toGaps(arrivalOffsetsMs ?? []), [arrivalOffsetsMs])
  const series = useMemo(() => toSeries(result?.gaps ?? []), [result])
  if (result === undefined) return <p className="text-xs text-muted-foreground">{t('none')}</p>
  const stalls = result.gaps.filter(({ isStall }) => isStall)
  return (
    <figure>
      <figcaption className="mb-1 flex flex-wrap gap-x-2 text-xs leading-5 text-muted-foreground tabular-nums">
        <span>
          {t('summary', {
            count: result.gaps.length,
            p50: duration(result.p50Ms),
            p95: duration(result.p95Ms),
            max: duration(result.maxMs),
          })}
        </span>
        <span className={stalls.length > 0 ? 'text-warning' : undefined}>
          {t('stalls', { count: stalls.length, limit: duration(result.stallMs) })}
        </span>
        {result.gaps.length >= ALL_KEPT ? <span>{t('thinned', { count: ALL_KEPT })}</span> : null}
      </figcaption>
      <Plot
        label={t('label', { count: result.gaps.length })}
        height={150}
        series={series}
        x={{ title: t('x'), format: (ms) => count(ms) }}
        y={{ title: t('y'), format: (ms) => count(ms) }}
        write={({ gap }) =>
          t('point', { index: gap.index, at: duration(gap.atMs), gap: duration(gap.gapMs) })
        }
      />
      <FigureTable
        summary={t('asTable')}
        caption={t('label', { count: result.gaps.length })}
        columns={[
          { name: 'index', label: t('piece'), isNumeric: true },
          { name: 'at', label: t('at'), isNumeric: true },
          { name: 'gap', label: t('gap'), isNumeric: true },
          { name: 'stall', label: t('isStall') },
        ]}
        rows={() =>
          result.gaps.map(({ index, atMs, gapMs, isStall }) => ({
            key: String(index),
            cells: [count(index), duration(atMs), duration(gapMs), isStall ? t('stall') : ''],
          }))
        }
      />
    </figure>
  )
}

function toSeries(gaps: readonly Gap[]): PlotSeries<GapPoint>[] {
  const toPoints = (isStall: boolean) =>
    gaps.filter((gap) => gap.isStall === isStall).map((gap) => ({ x: gap.atMs, y: gap.gapMs, gap }))
  return [
    { name: 'gap', shape: 'bar', color: 'accent', points: toPoints(false) },
    { name: 'stall', shape: 'cross', color: 'danger', points: toPoints(true) },
  ]
}
