import { describe, expect, it } from 'vitest'
import { toCsv } from './to-csv'

describe('toCsv', () => {
  it('writes rows with quotes where they are needed', () => {
    expect(
      toCsv([
        ['a', 'b "c"'],
        ['1, 2', 'x\ny'],
      ]),
    ).toBe('a,"b ""c"""\r\n"1, 2","x\ny"\r\n')
  })

  it.each([
    ['=1+1', "'=1+1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['+cmd', "'+cmd"],
    ['-2+3', "'-2+3"],
    ['-2', '-2'],
    ['3.5', '3.5'],
    ['1.50', '1.50'],
    ['', ''],
    ['NaN', 'NaN'],
  ])('writes %j as %j', (cell, written) => {
    expect(toCsv([[cell]])).toBe(`${written}\r\n`)
  })
})
