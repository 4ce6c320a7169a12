import { describe, expect, it } from 'vitest'
import { parseTimingRows } from './fetch-timing-rows'

describe('parseTimingRows', () => {
  it('takes the rows that our server writes', () => {
    const rows = [{ messageId: 'a' }]
    expect(parseTimingRows({ rows })).toBe(rows)
    expect(parseTimingRows({ rows: [] })).toEqual([])
  })

  it.each([
    ['nothing', null],
    ['a page', '<html>'],
    ['an error', { error: { code: 'internal' } }],
    ['rows of another kind', { rows: [1, 2] }],
  ])('refuses %s', (_, value) => {
    expect(() => parseTimingRows(value)).toThrow(TypeError)
  })
})
