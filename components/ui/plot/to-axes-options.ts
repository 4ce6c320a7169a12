import uPlot from 'uplot'
import { keepEvenly } from './keep-evenly'
import type { PlotContent, Point } from './plot-parts'
import { readColor } from './read-color'
import { readFont } from './read-font'

const SIZE_PX = { x: 22, y: 52 }
/** So much room a tick has at least. */
const SPACE_PX = { x: 80, y: 24 }
const LETTER_PX = 6
const GAP_PX = 6
/** The end of an axis on which there is nothing. */
const EMPTY_END = 10
/** How far a horizontal axis without a range goes beyond the last point. */
const BEYOND = 1.02

/** uPlot's scales and axes: the vertical one begins at 0, the horizontal one where it is told to. */
export function toAxesOptions<P extends Point>({
  read,
}: {
  read: () => PlotContent<P>
}): Pick<uPlot.Options, 'scales' | 'axes'> {
  const hidden = { show: false }
  const both = {
    stroke: () => readColor('muted-foreground'),
    font: readFont({ pxRatio: 1 }),
    gap: GAP_PX,
    ticks: hidden,
  }
  const toSplits = (plot: uPlot, _axis: number, min: number, max: number) => {
    const { ticksX = [], x } = read()
    const ticks = ticksX.filter((tick) => tick >= min && tick <= max)
    const letters = Math.max(0, ...ticks.map((tick) => x.format(tick).length))
    const roomPx = plot.bbox.width / devicePixelRatio / ((letters + 2) * LETTER_PX)
    return keepEvenly({ items: ticks, max: Math.floor(roomPx) })
  }
  return {
    scales: {
      x: {
        time: false,
        range: (_plot, _min, max) => {
          const { range } = read()
          return range === undefined ? [0, (max || EMPTY_END) * BEYOND] : [range.min, range.max]
        },
      },
      y: { range: (_plot, _min, max) => uPlot.rangeNum(0, max || EMPTY_END, 0.1, true) },
    },
    axes: [
      {
        ...both,
        size: SIZE_PX.x,
        space: SPACE_PX.x,
        grid: hidden,
        values: (_plot, ticks) => ticks.map((tick) => read().x.format(tick)),
        ...(read().ticksX === undefined ? {} : { splits: toSplits }),
      },
      {
        ...both,
        size: SIZE_PX.y,
        space: SPACE_PX.y,
        grid: { stroke: () => readColor('border'), width: 1 },
        values: (_plot, ticks) => ticks.map((tick) => read().y.format(tick)),
      },
    ],
  }
}
