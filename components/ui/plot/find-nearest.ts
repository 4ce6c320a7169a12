import type { Point } from './plot-parts'

/** The point nearest to a place, as the eye measures it, and no farther than so many px. */
export function findNearest({
  series,
  at,
  pxPerUnit,
  withinPx,
}: {
  series: readonly { points: readonly Point[] }[]
  at: Point
  pxPerUnit: Point
  withinPx: number
}): { seriesIndex: number; pointIndex: number } | undefined {
  let nearest: { seriesIndex: number; pointIndex: number } | undefined
  let nearestPx = withinPx
  for (const [seriesIndex, { points }] of series.entries()) {
    for (const [pointIndex, { x, y }] of points.entries()) {
      const px = Math.hypot((x - at.x) * pxPerUnit.x, (y - at.y) * pxPerUnit.y)
      if (px < nearestPx) {
        nearest = { seriesIndex, pointIndex }
        nearestPx = px
      }
    }
  }
  return nearest
}
