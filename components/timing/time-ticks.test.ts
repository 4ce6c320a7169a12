import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toTickFormat, toTimeTicks } from './time-ticks'

const HOUR_MS = 3_600_000

describe('toTimeTicks', () => {
  it.each([
    [{ min: 0, max: 60_000, count: 6 }, 10_000, 7],
    [{ min: 1, max: 30 * 60_000, count: 6 }, 5 * 60_000, 6],
    [{ min: 0, max: 5 * 24 * HOUR_MS, count: 5 }, 24 * HOUR_MS, 6],
  ])('of %j are %d ms apart', (given, stepMs, count) => {
    const { ticks, stepMs: found } = toTimeTicks(given)
    expect(found).toBe(stepMs)
    expect(ticks).toHaveLength(count)
  })

  it('stand on whole days of the reader, not of Greenwich', () => {
    const offsetMs = 8 * HOUR_MS
    const { ticks } = toTimeTicks({ min: 0, max: 5 * 24 * HOUR_MS, count: 5, offsetMs })
    expect(ticks[0]).toBe(16 * HOUR_MS)
  })

  it('lie within, and are few', () => {
    const at = fc.integer({ min: 1.6e12, max: 1.9e12 })
    fc.assert(
      fc.property(at, fc.integer({ min: 1_000, max: 1e11 }), (min, spanMs) => {
        const { ticks } = toTimeTicks({ min, max: min + spanMs, count: 6 })
        expect(ticks.length).toBeLessThanOrEqual(7)
        for (const tick of ticks) {
          expect(tick).toBeGreaterThanOrEqual(min)
          expect(tick).toBeLessThanOrEqual(min + spanMs)
        }
      }),
    )
  })
})

describe('toTickFormat', () => {
  it.each([
    [5_000, ['hour', 'minute', 'second', 'hour12']],
    [60_000, ['hour', 'minute', 'hour12']],
    [24 * HOUR_MS, ['month', 'day']],
  ])('for ticks %d ms apart writes %j', (stepMs, fields) => {
    expect(Object.keys(toTickFormat(stepMs))).toEqual(fields)
  })
})
