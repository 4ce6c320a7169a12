import { describe, expect, it } from 'vitest'
import { toNoise, toSpread } from './spread.ts'

describe('toSpread', () => {
  it('is the median, the least and the most', () => {
    expect(toSpread([3, 1, 2, 10])).toEqual({ median: 2.5, min: 1, max: 10, count: 4 })
  })
})

describe('toNoise', () => {
  it('is the largest difference, whichever way it points', () => {
    expect(toNoise([0.5, -2, 1])).toBe(2)
  })
})
