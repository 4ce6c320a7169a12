'use client'

import { type PointerEvent, type ReactNode, useMemo, useRef, useState } from 'react'
import { niceTicks } from './nice-ticks'
import { type Point, thinPoints } from './thin-points'
import { useWidth } from './use-width'

const MARGIN = { left: 52, right: 12, top: 8, bottom: 22 }
const MAX_POINTS = 2_000
const NEAR_PX = 24
/** A label so near to the right end is not centred: it would be cut. */
const END_PX = 20
/** So much room the label of a mark needs at its right. */
const MARK_PX = 60

export type PlotShape = 'dot' | 'ring' | 'cross' | 'bar' | 'line'

export type PlotSeries<P extends Point> = {
  name: string
  shape: PlotShape
  /** Classes for stroke and fill. */
  className: string
  points: readonly P[]
}

export type PlotMark = { x: number; label: string }

export type PlotAxis = { format: (value: number) => string; title: string }

/** The lower and upper end of the horizontal axis; without it, the points' own, on round values. */
export type PlotRange = { min: number; max: number }

const SHAPES: Record<PlotShape, (x: number, y: number, bottom: number) => string> = {
  dot: (x, y) => `M${x - 2.5} ${y}a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0`,
  ring: (x, y) => `M${x - 3} ${y}a3 3 0 1 0 6 0a3 3 0 1 0-6 0`,
  cross: (x, y) => `M${x - 3} ${y - 3}l6 6m0-6l-6 6`,
  bar: (x, y, bottom) => `M${x} ${bottom}V${y}`,
  line: (x, y) => `L${x} ${y}`,
}

/**
 * Points in a plane, each series with a shape of its own, at most 2,000 in all: what is left out
 * would lie on what is drawn. The words for what is near the pointer stand below; the table behind the plot is the caller's.
 */
export function Plot<P extends Point>({
  label,
  series,
  x,
  y,
  range,
  ticksX,
  marks = [],
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
  const frame = useRef<HTMLDivElement>(null)
  const width = useWidth({ element: frame, initial: 640 })
  const [near, setNear] = useState<P>()
  const drawn = useMemo(() => thinSeries(series), [series])
  const all = drawn.flatMap(({ points }) => points)
  const scale = toScale({ points: all, range, ticksX, width, height })
  const findNear = ({ clientX, clientY, currentTarget }: PointerEvent<SVGSVGElement>) => {
    const box = currentTarget.getBoundingClientRect()
    return findNearest({ points: all, scale, atX: clientX - box.left, atY: clientY - box.top })
  }

  return (
    <div ref={frame} className="min-w-0">
      <p className="flex flex-wrap gap-x-3 text-[0.6875rem] leading-5 text-muted-foreground">
        <span>{y.title}</span>
        <span className="ml-auto text-foreground tabular-nums" aria-hidden="true">
          {near === undefined ? '' : write(near)}
        </span>
      </p>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the table of answers does the same by key */}
      <svg
        role="img"
        aria-label={label}
        width="100%"
        height={height}
        viewBox={`0 0 ${width} ${height}`}
        onPointerMove={(event) => setNear(findNear(event))}
        onPointerLeave={() => setNear(undefined)}
        onClick={() => {
          if (near !== undefined) onPick?.(near)
        }}
        className={near !== undefined && onPick !== undefined ? 'block cursor-pointer' : 'block'}
      >
        <Axes scale={scale} x={x} y={y} marks={marks} />
        {drawn.map(({ name, shape, className, points }) => (
          <path
            key={name}
            data-series={name}
            data-points={points.length}
            d={points
              .map((point) => SHAPES[shape](scale.toX(point.x), scale.toY(point.y), scale.bottom))
              .join('')
              .replace(/^L/, 'M')}
            strokeWidth={1.25}
            className={className}
          />
        ))}
        {near === undefined ? null : (
          <circle
            cx={scale.toX(near.x)}
            cy={scale.toY(near.y)}
            r={6}
            className="fill-none stroke-foreground"
          />
        )}
      </svg>
      <p className="text-right text-[0.6875rem] leading-4 text-muted-foreground">{x.title}</p>
    </div>
  )
}

function thinSeries<P extends Point>(series: readonly PlotSeries<P>[]): PlotSeries<P>[] {
  const total = series.reduce((sum, { points }) => sum + points.length, 0)
  return series.map((one) => ({
    ...one,
    points: thinPoints({
      points: one.points,
      max: Math.max(2, Math.floor((MAX_POINTS * one.points.length) / Math.max(MAX_POINTS, total))),
    }),
  }))
}

type Scale = {
  toX: (value: number) => number
  toY: (value: number) => number
  ticksX: readonly number[]
  ticksY: readonly number[]
  right: number
  bottom: number
}

function toScale({
  points,
  range,
  ticksX: given,
  width,
  height,
}: {
  points: readonly Point[]
  range: PlotRange | undefined
  ticksX: readonly number[] | undefined
  width: number
  height: number
}): Scale {
  const maxY = points.reduce((max, { y }) => Math.max(max, y), 0)
  const maxX = points.reduce((max, { x }) => Math.max(max, x), 0)
  const ticksY = niceTicks({ max: maxY === 0 ? 1 : maxY })
  const round = niceTicks({
    max: maxX === 0 ? 1 : maxX,
    count: Math.max(2, Math.floor(width / 110)),
  })
  const ticksX = given ?? round
  const { min, max } = range ?? { min: 0, max: ticksX.at(-1) ?? 1 }
  const right = width - MARGIN.right
  const bottom = height - MARGIN.bottom
  const topY = ticksY.at(-1) ?? 1
  const tenth = (value: number) => Math.round(value * 10) / 10
  return {
    ticksX: ticksX.filter((tick) => tick >= min && tick <= max),
    ticksY,
    right,
    bottom,
    toX: (value) => tenth(MARGIN.left + ((value - min) / (max - min || 1)) * (right - MARGIN.left)),
    toY: (value) => tenth(bottom - (value / topY) * (bottom - MARGIN.top)),
  }
}

function Axes({
  scale,
  x,
  y,
  marks,
}: {
  scale: Scale
  x: PlotAxis
  y: PlotAxis
  marks: readonly PlotMark[]
}): ReactNode {
  const { toX, toY, right, bottom } = scale
  const isAtEnd = (value: number) => toX(value) > right - MARK_PX
  return (
    <g className="fill-muted-foreground text-[10px] tabular-nums">
      {scale.ticksY.map((tick) => (
        <g key={tick}>
          <path d={`M${MARGIN.left} ${toY(tick)}H${right}`} className="stroke-border" />
          <text x={MARGIN.left - 6} y={toY(tick) + 3} textAnchor="end">
            {y.format(tick)}
          </text>
        </g>
      ))}
      {scale.ticksX.map((tick) => (
        <text
          key={tick}
          x={toX(tick)}
          y={bottom + 16}
          textAnchor={toX(tick) > right - END_PX ? 'end' : 'middle'}
        >
          {x.format(tick)}
        </text>
      ))}
      {marks.map((mark) => (
        <g key={`${mark.label}-${mark.x}`} data-mark="">
          <path
            d={`M${toX(mark.x)} ${MARGIN.top}V${bottom}`}
            strokeDasharray="4 3"
            className="stroke-warning"
          />
          <text
            x={toX(mark.x) + (isAtEnd(mark.x) ? -4 : 4)}
            y={MARGIN.top + 8}
            textAnchor={isAtEnd(mark.x) ? 'end' : 'start'}
            className="fill-warning"
          >
            {mark.label}
          </text>
        </g>
      ))}
    </g>
  )
}

function findNearest<P extends Point>({
  points,
  scale,
  atX,
  atY,
}: {
  points: readonly P[]
  scale: Scale
  atX: number
  atY: number
}): P | undefined {
  let nearest: P | undefined
  let nearestPx = NEAR_PX
  for (const point of points) {
    const px = Math.hypot(scale.toX(point.x) - atX, scale.toY(point.y) - atY)
    if (px < nearestPx) {
      nearest = point
      nearestPx = px
    }
  }
  return nearest
}
