import uPlot from 'uplot'
import { keepApart } from './keep-apart'
import type { PlotColor, PlotShape, Point } from './plot-parts'
import { readColor } from './read-color'
import { readScales } from './read-scales'

const STROKE_PX = 1.25
const DOT_PX = 5
const RING_PX = 7.25
const CROSS_PX = 6
const BAR_PX = 1.5
const CELL_PX = 3

/** How uPlot draws a series; its points and the theme are read at each drawing. */
export function toSeriesOptions({
  shape,
  readPoints,
  color,
}: {
  shape: PlotShape
  readPoints: () => readonly Point[]
  color: PlotColor
}): uPlot.Series {
  const facets = [
    { scale: 'x', auto: true },
    { scale: 'y', auto: true },
  ]
  const stroke = () => readColor(color)
  const filter = (plot: uPlot) =>
    keepApart({ points: readPoints(), ...readScales(plot), cellPx: CELL_PX })
  const points = { show: true, filter, stroke, fill: 'transparent', width: STROKE_PX }
  const pathless = { facets, paths: () => null }
  const pointless = { facets, points: { show: false } }
  switch (shape) {
    case 'dot':
      return { ...pathless, points: { ...points, size: DOT_PX, width: 0, fill: stroke } }
    case 'ring':
      return { ...pathless, points: { ...points, size: RING_PX } }
    case 'cross':
      return { ...pathless, points: { ...points, size: CROSS_PX, paths: buildCrosses } }
    case 'bar':
      return { ...pointless, ...BAR, width: 0, fill: stroke }
    case 'line':
      return { ...pointless, width: STROKE_PX, stroke }
  }
}

const barPaths = uPlot.paths.bars?.({ size: [1, BAR_PX, BAR_PX] })
const BAR = { fillTo: 0, ...(barPaths === undefined ? {} : { paths: barPaths }) }

const buildCrosses: uPlot.Series.Points.PathBuilder = (plot, seriesIndex, _from, _to, kept) =>
  uPlot.orient(plot, seriesIndex, (_series, xs, ys, scaleX, scaleY, toX, toY, left, top, w, h) => {
    const half = (CROSS_PX / 2) * devicePixelRatio
    const stroke = new Path2D()
    for (const index of kept ?? []) {
      const x = toX(xs[index] ?? 0, scaleX, w, left)
      const y = toY(ys[index] ?? 0, scaleY, h, top)
      stroke.moveTo(x - half, y - half)
      stroke.lineTo(x + half, y + half)
      stroke.moveTo(x + half, y - half)
      stroke.lineTo(x - half, y + half)
    }
    return { stroke }
  })
