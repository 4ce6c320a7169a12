import type { Point } from './plot-parts'

/** The points of one series as uPlot takes them where each series has a horizontal axis of its own. */
export type Facets = [xs: number[], ys: number[]]

/** In the order in which they were given: a line may turn back. */
export function toFacets(points: readonly Point[]): Facets {
  return [points.map(({ x }) => x), points.map(({ y }) => y)]
}
