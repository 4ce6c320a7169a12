import fc from 'fast-check'
import { expect, it } from 'vitest'
import { escapeText, unescapeText } from './escape-text'

const units = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0, max: 0xffff }),
      fc.constantFrom(0, 0x1a, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0x30, 0x31, 0x61, 0x202e),
    ),
    { maxLength: 40 },
  )
  .map((codes) => String.fromCharCode(...codes))

it('gives back every text exactly, by way of one that any store can hold', () => {
  fc.assert(
    fc.property(units, (text) => {
      const stored = escapeText(text)
      expect(stored.isWellFormed()).toBe(true)
      expect(stored).not.toContain('\0')
      expect(unescapeText(stored)).toBe(text)
    }),
    { numRuns: 5000 },
  )
})

it('leaves what is storable as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const isStorable = !text.includes('\0') && !text.includes('\u001a')
      if (isStorable) expect(escapeText(text)).toBe(text)
    }),
  )
})

it('leaves a mark of an older version that escapes nothing as it is', () => {
  expect(unescapeText('a\u001ab')).toBe('a\u001ab')
})
