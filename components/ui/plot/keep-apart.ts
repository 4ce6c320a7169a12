import type { Point } from './plot-parts'

/** More rows of cells than any plot has. */
const MAX_ROWS = 2 ** 16

/**
 * Which of the points to draw: one of each cell of so many px, counted from `origin`. 50,000 circles take a
 * browser 0.3 s; what is left out lies on what is drawn.
 */
export function keepApart({
  points,
  origin,
  pxPerUnit,
  cellPx,
}: {
  points: readonly Point[]
  origin: Point
  pxPerUnit: Point
  cellPx: number
}): number[] {
  const taken = new Set<number>()
  const kept: number[] = []
  for (const [index, { x, y }] of points.entries()) {
    const column = Math.floor(((x - origin.x) * pxPerUnit.x) / cellPx)
    const row = Math.floor(((y - origin.y) * pxPerUnit.y) / cellPx)
    const cell = column * MAX_ROWS + row
    if (taken.has(cell)) continue
    taken.add(cell)
    kept.push(index)
  }
  return kept
}
