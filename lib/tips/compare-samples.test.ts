import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareSamples } from './compare-samples'

const compare = (before: number[], after: number[], isHigherBetter = true) =>
  compareSamples({ before, after, isHigherBetter })

const value = fc.double({ min: 0.01, max: 10_000, noNaN: true })
const sample = fc.array(value, { minLength: 3, maxLength: 12 })

describe('compareSamples', () => {
  it.each<[string, number[], number[], boolean, string]>([
    ['far apart and more is better', [100, 102, 99], [150, 152, 149], true, 'better'],
    ['far apart and less is better', [100, 102, 99], [150, 152, 149], false, 'worse'],
    ['the ranges touch', [100, 110, 120], [118, 140, 150], true, 'no-difference'],
    [
      'apart, but by less than they spread',
      [100, 140, 120],
      [141, 160, 150],
      true,
      'no-difference',
    ],
    [
      'apart beyond all spread, but by less than a tenth',
      [100, 100, 100],
      [109, 109, 109],
      true,
      'no-difference',
    ],
    ['the same', [100, 100, 100], [100, 100, 100], true, 'no-difference'],
    ['too few before', [100, 100], [200, 200, 200], true, 'too-few'],
    ['none after', [100, 100, 100], [], true, 'too-few'],
    ['nothing against something', [0, 0, 0], [5, 5, 5], false, 'no-difference'],
  ])('%s', (_, before, after, isHigherBetter, verdict) => {
    expect(compare(before, after, isHigherBetter).verdict).toBe(verdict)
  })

  it('gives medians, ranges and the ratio of the medians', () => {
    expect(compare([1, 2, 9], [4, 4, 4])).toMatchObject({
      before: { count: 3, median: 2, min: 1, max: 9 },
      after: { count: 3, median: 4, min: 4, max: 4 },
      ratio: 2,
    })
  })

  it('never calls a difference within the spread one, and says the opposite the other way round', () => {
    fc.assert(
      fc.property(sample, sample, (before, after) => {
        const { verdict, before: old, after: fresh } = compare(before, after)
        const turned = compare(after, before).verdict
        const opposite = { better: 'worse', worse: 'better' } as const
        expect(turned).toBe(
          verdict === 'better' || verdict === 'worse' ? opposite[verdict] : verdict,
        )
        const areApart = old.max < fresh.min || fresh.max < old.min
        if (!areApart) expect(verdict).toBe('no-difference')
      }),
    )
  })

  it('finds no difference between samples of one source, in 99 of 100 pairs and more', () => {
    let state = 7
    const random = () => {
      state = (state * 48_271) % 2_147_483_647
      return state / 2_147_483_647
    }
    // About normal, with a deviation of an eighth: a busy machine.
    const draw = () =>
      100 * (1 + 0.125 * (Array.from({ length: 12 }, random).reduce((a, b) => a + b, 0) - 6))
    const pairs = Array.from({ length: 5000 }, () =>
      compare([draw(), draw(), draw(), draw()], [draw(), draw(), draw(), draw()]),
    )
    const found = pairs.filter(({ verdict }) => verdict !== 'no-difference').length
    expect(found / pairs.length).toBeLessThan(0.01)
  })
})
