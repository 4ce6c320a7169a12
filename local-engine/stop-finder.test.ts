import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createStopFinder } from './stop-finder.ts'

function readAll({ pieces, stops }: { pieces: readonly string[]; stops: readonly string[] }) {
  const finder = createStopFinder(stops)
  let text = ''
  for (const piece of pieces) {
    const found = finder.push(piece)
    text += found.text
    if (found.stop !== undefined) return { text, stop: found.stop }
  }
  return { text: text + finder.flush(), stop: undefined }
}

it('finds a stop string that comes in pieces, and keeps its beginning back', () => {
  const finder = createStopFinder(['END'])
  expect(finder.push('one E')).toEqual({ text: 'one ' })
  expect(finder.push('N')).toEqual({ text: '' })
  expect(finder.push('D two')).toEqual({ text: '', stop: 'END' })
})

it('lets go of what only looked like a beginning', () => {
  const finder = createStopFinder(['END'])
  expect(finder.push('EN')).toEqual({ text: '' })
  expect(finder.push('Ergy')).toEqual({ text: 'ENErgy' })
})

it('lets all of the text through or ends before a stop string, however it is cut', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 20 })
  const stop = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(
      fc.array(letters, { maxLength: 8 }),
      fc.array(stop, { maxLength: 3 }),
      (pieces, stops) => {
        const whole = pieces.join('')
        if (!stops.some((one) => whole.includes(one))) {
          expect(readAll({ pieces, stops })).toEqual({ text: whole, stop: undefined })
          return
        }
        const { text, stop: met } = readAll({ pieces, stops })
        expect(stops.some((one) => text.includes(one))).toBe(false)
        expect(met !== undefined && whole.startsWith(text + met)).toBe(true)
      },
    ),
  )
})
