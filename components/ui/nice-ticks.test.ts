import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { niceTicks } from './nice-ticks'

describe('niceTicks', () => {
  it.each([
    [{ max: 412 }, [0, 200, 400, 600]],
    [{ max: 1000, count: 5 }, [0, 200, 400, 600, 800, 1000]],
    [{ max: 0.35 }, [0, 0.1, 0.2, 0.3, 0.4]],
    [{ max: 0 }, [0, 1]],
    [{ min: 614, max: 2100, count: 3 }, [500, 1000, 1500, 2000, 2500]],
  ])('of %j are %j', (given, expected) => {
    expect(niceTicks(given)).toEqual(expected)
  })

  it('enclose every value, and are neither none nor many', () => {
    const value = fc.double({ min: 1e-3, max: 1e9, noNaN: true })
    fc.assert(
      fc.property(value, fc.integer({ min: 2, max: 8 }), (max, count) => {
        const ticks = niceTicks({ max, count })
        expect(ticks[0]).toBeLessThanOrEqual(0)
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(max * 0.999999)
        expect(ticks.length).toBeGreaterThanOrEqual(2)
        expect(ticks.length).toBeLessThanOrEqual(count * 2 + 2)
      }),
    )
  })
})
