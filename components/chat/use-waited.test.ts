import { describe, expect, it } from 'vitest'
import { formatWaited } from './use-waited'

describe('formatWaited', () => {
  it.each([
    [0, undefined],
    [299, undefined],
    [300, '0.3 s'],
    [1_000, '1.0 s'],
    [9_990, '9.9 s'],
    [10_000, '10 s'],
    [75_400, '1:15'],
  ])('writes %d ms as %s', (waitedMs, expected) => {
    expect(formatWaited({ waitedMs, locale: 'en' })).toBe(expected)
  })

  it('uses the decimal sign of the language', () => {
    expect(formatWaited({ waitedMs: 1_250, locale: 'de' })).toBe('1,2 s')
  })
})
