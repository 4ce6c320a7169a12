export type Point = { x: number; y: number }

/**
 * At most `max` points that look like all of them: the plot is laid out in cells, and each cell keeps
 * its first point. The cells grow until few enough are left; the lowest and the highest stay.
 */
export function thinPoints<P extends Point>({
  points,
  max,
}: {
  points: readonly P[]
  max: number
}): readonly P[] {
  if (points.length <= max) return points
  const bounds = toBounds(points)
  for (let columns = 960; columns >= 1; columns = Math.floor(columns / 1.4)) {
    const kept = keepOneACell({
      points,
      bounds,
      columns,
      rows: Math.max(1, Math.round(columns / 4)),
    })
    if (kept.length <= max) return kept
  }
  return points.slice(0, max)
}

type Bounds = { minX: number; maxX: number; minY: number; maxY: number }

function keepOneACell<P extends Point>({
  points,
  bounds: { minX, maxX, minY, maxY },
  columns,
  rows,
}: {
  points: readonly P[]
  bounds: Bounds
  columns: number
  rows: number
}): P[] {
  const taken = new Set<number>()
  const toCell = (value: number, min: number, span: number, count: number) =>
    span === 0 ? 0 : Math.min(count - 1, Math.floor(((value - min) / span) * count))
  return points.filter((point) => {
    const column = toCell(point.x, minX, maxX - minX, columns)
    const row = toCell(point.y, minY, maxY - minY, rows)
    const isExtreme = point.y === minY || point.y === maxY
    const cell = isExtreme ? (point.y === minY ? -1 : -2) : column * rows + row
    if (taken.has(cell)) return false
    taken.add(cell)
    return true
  })
}

function toBounds(points: readonly Point[]): Bounds {
  const bounds = {
    minX: Number.POSITIVE_INFINITY,
    maxX: Number.NEGATIVE_INFINITY,
    minY: Number.POSITIVE_INFINITY,
    maxY: Number.NEGATIVE_INFINITY,
  }
  for (const { x, y } of points) {
    bounds.minX = Math.min(bounds.minX, x)
    bounds.maxX = Math.max(bounds.maxX, x)
    bounds.minY = Math.min(bounds.minY, y)
    bounds.maxY = Math.max(bounds.maxY, y)
  }
  return bounds
}
