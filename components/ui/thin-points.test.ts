import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { thinPoints } from './thin-points'

const coordinate = fc.double({ min: -1e6, max: 1e6, noNaN: true })
const somePoints = fc.array(fc.record({ x: coordinate, y: coordinate }), {
  minLength: 1,
  maxLength: 400,
})

describe('thinPoints', () => {
  it('leaves few points as they are', () => {
    const points = [{ x: 1, y: 2 }]
    expect(thinPoints({ points, max: 1 })).toBe(points)
  })

  it('keeps no more than asked for, only points that were given, in their order, and the extremes', () => {
    fc.assert(
      fc.property(somePoints, fc.integer({ min: 4, max: 50 }), (points, max) => {
        const kept = thinPoints({ points, max })
        expect(kept.length).toBeLessThanOrEqual(max)
        const places = kept.map((point) => points.indexOf(point))
        expect(places).toEqual([...places].sort((a, b) => a - b))
        expect(places).not.toContain(-1)
        const ys = points.map(({ y }) => y)
        expect(kept.some(({ y }) => y === Math.max(...ys))).toBe(true)
        expect(kept.some(({ y }) => y === Math.min(...ys))).toBe(true)
      }),
    )
  })

  it('spreads what it keeps over 50,000 points', () => {
    const points = Array.from({ length: 50_000 }, (_, index) => ({
      x: index,
      y: (index * 7919) % 1000,
    }))
    const kept = thinPoints({ points, max: 2000 })
    expect(kept.length).toBeGreaterThan(700)
    expect(kept.length).toBeLessThanOrEqual(2000)
    const tenths = new Set(kept.map(({ x }) => Math.floor(x / 5000)))
    expect(tenths.size).toBe(10)
  })
})
