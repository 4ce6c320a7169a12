import { expect, it } from 'vitest'
import { toFacets } from './to-facets'

it('keeps the points in their order, also where a line turns back', () => {
  const points = [
    { x: 1, y: 10 },
    { x: 3, y: 20 },
    { x: 2, y: 40 },
  ]
  expect(toFacets(points)).toEqual([
    [1, 3, 2],
    [10, 20, 40],
  ])
  expect(toFacets([])).toEqual([[], []])
})
