'use client'

import { useMemo, useRef } from 'react'
import { useWidth } from '../use-width'
import type { PlotAxis, PlotMark, PlotRange, PlotSeries, Point } from './plot-parts'
import { useDrawnPlot } from './use-drawn-plot'

const NO_MARKS: readonly PlotMark[] = []

/**
 * Points in a plane, each series with a shape of its own. The words for what is near the pointer stand
 * above; the table behind the plot is the caller's.
 */
export function Plot<P extends Point>({
  label,
  series,
  x,
  y,
  range,
  ticksX,
  marks = NO_MARKS,
  write,
  onPick,
  height = 200,
}: {
  label: string
  series: readonly PlotSeries<P>[]
  x: PlotAxis
  y: PlotAxis
  range?: PlotRange
  /** Where the horizontal axis is no plain number. */
  ticksX?: readonly number[]
  marks?: readonly PlotMark[]
  /** The words for the point near the pointer. */
  write: (point: P) => string
  onPick?: (point: P) => void
  height?: number
}) {
  const host = useRef<HTMLDivElement>(null)
  const width = useWidth({ element: host, initial: 640 })
  const content = useMemo(
    () => ({ series, x, y, range, ticksX, marks, width, height }),
    [series, x, y, range, ticksX, marks, width, height],
  )
  const near = useDrawnPlot({ host, content })
  return (
    <div className="min-w-0 break-inside-avoid">
      <p className="flex flex-wrap gap-x-3 text-[0.6875rem] leading-5 text-muted-foreground">
        <span>{y.title}</span>
        <span className="ml-auto text-foreground tabular-nums" aria-hidden="true">
          {near === undefined ? '' : write(near)}
        </span>
      </p>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the table of answers does the same by key */}
      <div
        ref={host}
        role="img"
        aria-label={label}
        style={{ height }}
        onClick={() => {
          if (near !== undefined) onPick?.(near)
        }}
        className={`overflow-hidden ${near !== undefined && onPick !== undefined ? 'cursor-pointer' : ''}`}
      />
      <p className="text-right text-[0.6875rem] leading-4 text-muted-foreground">{x.title}</p>
    </div>
  )
}
