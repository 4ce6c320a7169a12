import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatCount } from './format-count'
import { formatDuration, formatMilliseconds } from './format-duration'
import { formatElapsed } from './format-elapsed'
import { formatRate } from './format-rate'

describe('formatDuration', () => {
  it.each([
    [0, 'en', '0.0 ms'],
    [0.04, 'en', '0.0 ms'],
    [4.25, 'en', '4.3 ms'],
    [9.94, 'en', '9.9 ms'],
    [9.96, 'en', '10 ms'],
    [10, 'en', '10 ms'],
    [412.4, 'en', '412 ms'],
    [999.4, 'en', '999 ms'],
    [999.5, 'en', '1.00 s'],
    [1000, 'en', '1.00 s'],
    [3204, 'en', '3.20 s'],
    [75_310, 'en', '75.31 s'],
    [3204, 'de', '3,20 s'],
    [4.25, 'de', '4,3 ms'],
    [3204, 'zh-CN', '3.20 s'],
    [1_234_560, 'en', '1,234.56 s'],
  ])('writes %d ms in %s as %s', (ms, locale, expected) => {
    expect(formatDuration({ ms, locale })).toBe(expected)
  })

  it('never says a figure that is off by more than half of its last digit', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e7, noNaN: true }), (ms) => {
        const [figure = '', unit] = formatDuration({ ms, locale: 'en' }).split(' ')
        const shownMs = Number(figure.replaceAll(',', '')) * (unit === 's' ? 1000 : 1)
        const lastDigitMs = unit === 's' ? 10 : figure.includes('.') ? 0.1 : 1
        expect(Math.abs(shownMs - ms)).toBeLessThanOrEqual(lastDigitMs / 2 + 1e-6)
      }),
    )
  })
})

describe('formatMilliseconds', () => {
  it.each([
    [0.04, 'en', '0.0'],
    [9.96, 'en', '10'],
    [412.4, 'en', '412'],
    [3240.5, 'en', '3,241'],
    [3240.5, 'de', '3.241'],
  ])('writes %d in %s as %s', (ms, locale, expected) => {
    expect(formatMilliseconds({ ms, locale })).toBe(expected)
  })
})

describe('formatRate', () => {
  it.each([
    [0.44, 'en', '0.4'],
    [9.94, 'en', '9.9'],
    [9.96, 'en', '10'],
    [41.4, 'en', '41'],
    [1234.4, 'en', '1,234'],
    [8.25, 'fr', '8,3'],
  ])('writes %d in %s as %s', (tokensPerSecond, locale, expected) => {
    expect(formatRate({ tokensPerSecond, locale })).toBe(expected)
  })
})

describe('formatCount', () => {
  it.each([
    [7, 'en', '7'],
    [262_144, 'en', '262,144'],
    [262_144, 'de', '262.144'],
  ])('writes %d in %s as %s', (count, locale, expected) => {
    expect(formatCount({ count, locale })).toBe(expected)
  })
})

describe('formatElapsed', () => {
  it.each([
    [-5, '0 s'],
    [0, '0 s'],
    [43_999, '43 s'],
    [59_999, '59 s'],
    [60_000, '1:00'],
    [125_000, '2:05'],
    [3_599_000, '59:59'],
    [3_723_000, '1:02:03'],
  ])('writes %d ms as %s', (elapsedMs, expected) => {
    expect(formatElapsed(elapsedMs)).toBe(expected)
  })
})
