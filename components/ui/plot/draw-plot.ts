import 'uplot/dist/uPlot.min.css'
import uPlot from 'uplot'
import { drawMarks } from './draw-marks'
import type { PlotContent, PlotSeries, Point } from './plot-parts'
import { toAxesOptions } from './to-axes-options'
import { toCursorOptions } from './to-cursor-options'
import { toFacets } from './to-facets'
import { toSeriesOptions } from './to-series-options'

export type DrawnPlot<P extends Point> = {
  update: (content: PlotContent<P>) => void
  destroy: () => void
}

type Options<P extends Point> = {
  host: HTMLElement
  content: PlotContent<P>
  /** The point near the pointer, whenever that may be another one. */
  onNear: (point: P | undefined) => void
}

/** Draws with uPlot, and again when the theme changes or the page is printed. */
export function drawPlot<P extends Point>({ host, content, onNear }: Options<P>): DrawnPlot<P> {
  let drawn = content
  const create = () => createPlot({ host, read: () => drawn, onNear })
  let plot = create()
  const redraw = () => plot.redraw(false)
  // The page is laid out for the paper by then, and no observer of sizes is told.
  const fitToPage = () => {
    plot.setSize({ width: host.clientWidth, height: drawn.height })
    redraw()
  }
  const theme = new MutationObserver(redraw)
  theme.observe(document.documentElement, { attributeFilter: ['class'] })
  const print = matchMedia('print')
  print.addEventListener('change', fitToPage)
  return {
    update: (next) => {
      const before = drawn
      drawn = next
      if (toKind(before) !== toKind(next)) {
        plot.destroy()
        onNear(undefined)
        plot = create()
        return
      }
      if (before.width !== next.width || before.height !== next.height) plot.setSize(next)
      if (before.series !== next.series || before.range !== next.range) plot.setData(toData(next))
      plot.redraw(false, true)
    },
    destroy: () => {
      theme.disconnect()
      print.removeEventListener('change', fitToPage)
      plot.destroy()
    },
  }
}

function createPlot<P extends Point>({
  host,
  read,
  onNear,
}: {
  host: HTMLElement
  read: () => PlotContent<P>
  onNear: (point: P | undefined) => void
}): uPlot {
  const { width, height, series } = read()
  const { cursor, hooks } = toCursorOptions({ read, onNear })
  return new uPlot(
    {
      // Each series has a horizontal axis of its own: none is sorted, and a line may turn back.
      mode: 2,
      width,
      height,
      padding: [8, 24, 0, 0],
      legend: { show: false },
      ...toAxesOptions({ read }),
      series: [
        {},
        ...listSeries(series).map((one, index) =>
          toSeriesOptions({
            shape: one.shape,
            readPoints: () => read().series[index]?.points ?? [],
            color: one.color,
          }),
        ),
      ],
      ...(cursor === undefined ? {} : { cursor }),
      hooks: { ...hooks, draw: [(plot) => drawMarks({ plot, marks: read().marks })] },
    },
    toData(read()),
    host,
  )
}

/** uPlot knows its axes by its first series. */
function listSeries<P extends Point>(series: readonly PlotSeries<P>[]): readonly PlotSeries<P>[] {
  if (series.length > 0) return series
  return [{ name: '', shape: 'dot', color: 'accent', points: [] }]
}

/** The types of uPlot know only series that share one horizontal axis. */
function toData({ series }: PlotContent<Point>): uPlot.AlignedData {
  const facets = listSeries(series).map(({ points }) => toFacets(points))
  return [null, ...facets] as unknown as uPlot.AlignedData
}

/** What cannot change in one uPlot. */
function toKind({ series, ticksX }: PlotContent<Point>): string {
  return JSON.stringify([
    ticksX === undefined,
    ...series.map(({ name, shape, color }) => [name, shape, color]),
  ])
}
