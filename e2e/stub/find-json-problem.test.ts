import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findJsonProblem } from './find-json-problem.ts'

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

describe('what Python says about bad JSON', () => {
  it.each([
    ['{not json', 'Expecting property name enclosed in double quotes', 1],
    ['{"a":', 'Expecting value', 5],
    ['{"a" 1}', "Expecting ':' delimiter", 5],
    ['{"a": 1 "b"}', "Expecting ',' delimiter", 8],
    ['["a', 'Unterminated string starting at', 1],
    ['{} x', 'Extra data', 3],
    ['', 'Expecting value', 0],
  ])('%j: %s at %i', (text, message, at) => {
    expect(findJsonProblem(text)).toEqual({ message, at })
  })

  it('finds none in any JSON', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(findJsonProblem(text)).toBeUndefined()
      }),
    )
  })

  it('finds one in whatever is cut off', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (text, at) => {
        const cut = text.slice(0, at % text.length)
        expect(findJsonProblem(cut) === undefined).toBe(isJson(cut))
      }),
    )
  })
})
