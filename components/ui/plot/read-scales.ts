import type uPlot from 'uplot'
import type { Point } from './plot-parts'

/** Where the plotting area begins, and how large a unit of each axis is on the screen. */
export function readScales({ scales, bbox }: uPlot): { origin: Point; pxPerUnit: Point } {
  const { min: minX = 0, max: maxX = 1 } = scales.x ?? {}
  const { min: minY = 0, max: maxY = 1 } = scales.y ?? {}
  return {
    origin: { x: minX, y: minY },
    pxPerUnit: {
      x: bbox.width / devicePixelRatio / (maxX - minX),
      y: bbox.height / devicePixelRatio / (maxY - minY),
    },
  }
}
