import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toGaps } from './to-gaps'

describe('toGaps', () => {
  it('gives the wait before each piece, and marks the stalls', () => {
    const result = toGaps([20, 40, 60, 360, 380])
    expect(result?.gaps.map(({ gapMs }) => gapMs)).toEqual([20, 20, 20, 300, 20])
    expect(result?.gaps.filter(({ isStall }) => isStall)).toEqual([
      { index: 4, atMs: 360, gapMs: 300, isStall: true },
    ])
    expect(result).toMatchObject({ p50Ms: 20, maxMs: 300, stallMs: 250 })
    expect(result?.p95Ms).toBeCloseTo(244)
  })

  it.each([
    [
      'five times the median of a slow engine',
      [300, 600, 900, 2100, 2400],
      [false, false, false, false, false],
    ],
    ['the median ten times over', [300, 600, 900, 3900, 4200], [false, false, false, true, false]],
    ['what nobody notices', [1, 2, 3, 252, 253], [false, false, false, false, false]],
  ])('takes for a stall no less than %s', (_, offsets, expected) => {
    expect(toGaps(offsets)?.gaps.map(({ isStall }) => isStall)).toEqual(expected)
  })

  it('has nothing to say of a single piece', () => {
    expect(toGaps([])).toBeUndefined()
  })

  it('has gaps that sum to the last arrival', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e4, noNaN: true }), { minLength: 1 }),
        (steps) => {
          let atMs = 0
          const offsets = steps.map((step) => (atMs += step))
          const gaps = toGaps(offsets)?.gaps ?? []
          expect(gaps.reduce((sum, { gapMs }) => sum + gapMs, 0)).toBeCloseTo(atMs, 4)
        },
      ),
    )
  })
})
