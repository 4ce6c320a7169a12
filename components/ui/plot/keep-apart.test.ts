import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keepApart } from './keep-apart'

const options = { origin: { x: 1e12, y: 0 }, pxPerUnit: { x: 0.001, y: 2 }, cellPx: 3 }

describe('keepApart', () => {
  it('keeps the first point of each cell', () => {
    const points = [
      { x: 1e12, y: 0 },
      { x: 1e12 + 2_900, y: 1.4 },
      { x: 1e12 + 3_100, y: 1.4 },
      { x: 1e12, y: 1.6 },
    ]
    expect(keepApart({ points, ...options })).toEqual([0, 2, 3])
  })

  it('leaves out only what lies within a cell of something that it keeps', () => {
    const point = fc.record({
      x: fc.integer({ min: 1e12, max: 1e12 + 60_000 }),
      y: fc.integer({ min: 0, max: 30 }),
    })
    fc.assert(
      fc.property(fc.array(point, { maxLength: 200 }), (points) => {
        const kept = keepApart({ points, ...options }).map((index) => points[index])
        for (const { x, y } of points) {
          const isNear = kept.some(
            (one) => one && Math.abs(one.x - x) * 0.001 <= 3 && Math.abs(one.y - y) * 2 <= 3,
          )
          expect(isNear).toBe(true)
        }
        expect(kept.length).toBeLessThanOrEqual(21 * 21)
      }),
    )
  })
})
