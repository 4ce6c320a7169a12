import { describe, expect, it } from 'vitest'
import { tokenizeText } from '../../e2e/stub/tokenizer.ts'
import { buildAnswerText, ENDING } from './build-answer-text.ts'
import { buildLongLines } from './build-long-lines.ts'

describe('buildAnswerText', () => {
  it.each([150, 2000, 40_000])(
    'has %i tokens and hardly more, and ends as the probe expects',
    (tokens) => {
      const text = buildAnswerText(tokens)
      const count = tokenizeText(text).length
      expect(count).toBeGreaterThanOrEqual(tokens)
      expect(count).toBeLessThan(tokens + 120)
      expect(text.endsWith(ENDING)).toBe(true)
      expect(text.indexOf(ENDING)).toBe(text.length - ENDING.length)
    },
  )
})

describe('buildLongLines', () => {
  it('has two lines of 100 KB and the same end', () => {
    const lines = buildLongLines().join('').split('\n')
    expect(lines.filter((line) => line.length >= 100_000)).toHaveLength(2)
    expect(lines.at(-1)).toBe(ENDING)
  })
})
