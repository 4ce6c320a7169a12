import { describe, expect, it } from 'vitest'
import { findNearest } from './find-nearest'

const series = [
  {
    points: [
      { x: 0, y: 0 },
      { x: 10, y: 100 },
    ],
  },
  { points: [] },
  { points: [{ x: 12, y: 100 }] },
]
const find = (x: number, y: number, pxPerUnit = { x: 10, y: 1 }) =>
  findNearest({ series, at: { x, y }, pxPerUnit, withinPx: 24 })

describe('findNearest', () => {
  it.each([
    [0, 0, { seriesIndex: 0, pointIndex: 0 }],
    [10.9, 100, { seriesIndex: 0, pointIndex: 1 }],
    [11.1, 100, { seriesIndex: 2, pointIndex: 0 }],
    [2.3, 0, { seriesIndex: 0, pointIndex: 0 }],
    [2.5, 0, undefined],
    [0, 23, { seriesIndex: 0, pointIndex: 0 }],
    [2, 23, undefined],
  ])('at %d, %d is %j', (x, y, expected) => {
    expect(find(x, y)).toEqual(expected)
  })

  it('measures on the screen, where a unit of one axis may be longer than of the other', () => {
    expect(find(0.5, 4, { x: 1, y: 10 })).toBeUndefined()
    expect(find(4, 0.5, { x: 1, y: 10 })).toEqual({ seriesIndex: 0, pointIndex: 0 })
  })
})
