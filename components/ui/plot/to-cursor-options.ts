import type uPlot from 'uplot'
import { findNearest } from './find-nearest'
import type { PlotContent, Point } from './plot-parts'
import { readScales } from './read-scales'

const NEAR_PX = 24
const RING_PX = 12

/** A ring around the point near the pointer, whichever series it is of, and no zooming. */
export function toCursorOptions<P extends Point>({
  read,
  onNear,
}: {
  read: () => PlotContent<P>
  onNear: (point: P | undefined) => void
}): Pick<uPlot.Options, 'cursor' | 'hooks'> {
  let near: ReturnType<typeof findNearest>
  const find = (plot: uPlot) => {
    const { left = -1, top = -1 } = plot.cursor
    if (left < 0) return undefined
    const at = { x: plot.posToVal(left, 'x'), y: plot.posToVal(top, 'y') }
    const { series } = read()
    return findNearest({ series, at, pxPerUnit: readScales(plot).pxPerUnit, withinPx: NEAR_PX })
  }
  return {
    cursor: {
      x: false,
      y: false,
      drag: { x: false, y: false, setScale: false, click: () => {} },
      points: { size: RING_PX, width: 1, fill: 'transparent', stroke: 'var(--foreground)' },
      // Asked for each series in turn, from the first one on.
      dataIdx: (plot, seriesIndex) => {
        if (seriesIndex === 1) near = find(plot)
        return near?.seriesIndex === seriesIndex - 1 ? near.pointIndex : null
      },
    },
    hooks: {
      setCursor: [
        ({ cursor: { left = -1 } }) => {
          if (left < 0) near = undefined
          onNear(near && read().series[near.seriesIndex]?.points[near.pointIndex])
        },
      ],
    },
  }
}
