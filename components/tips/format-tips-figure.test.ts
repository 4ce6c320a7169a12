import { describe, expect, it } from 'vitest'
import { formatTipsRange } from './format-tips-figure'

describe('the range of a figure', () => {
  it.each([
    ['speedup', 13.22, 15.14, '13.22 – 15.14×'],
    ['ttftMs', 294, 296, '294 – 296 ms'],
    ['ttftMs', 850, 1250, '850 ms – 1.25 s'],
  ] as const)('of %s from %d to %d names a unit once: %s', (figure, min, max, text) => {
    expect(formatTipsRange({ figure, facts: { min, max }, locale: 'en' })).toBe(text)
  })
})
