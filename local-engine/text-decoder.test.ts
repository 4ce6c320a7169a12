import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decode, encode } from './__fixtures__/fake-model.ts'
import { createTokenTextDecoder } from './text-decoder.ts'

const create = () => createTokenTextDecoder({ detokenize: decode, promptTokens: [] })

it('gives each character whole, and all of the text, whatever it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const decoder = create()
      const pieces = encode(text).map((token) => decoder.push(token))
      expect(pieces.join('') + decoder.flush()).toBe(text)
      expect(pieces.some((piece) => piece.includes('\uFFFD'))).toBe(text.includes('\uFFFD'))
    }),
  )
})

it('lets broken bytes through after four tokens', () => {
  const decoder = create()
  const pieces = [0xc3, 0xc3, 0xc3, 0xc3].map((byte) => decoder.push(byte))
  expect(pieces.slice(0, 3)).toEqual(['', '', ''])
  expect(pieces[3]).toContain('\uFFFD')
})

it('hands the tokens before to the tokenizer', () => {
  const seen: (readonly number[])[] = []
  const decoder = createTokenTextDecoder({
    detokenize: (tokens, lastTokens) => {
      seen.push(lastTokens)
      return decode(tokens)
    },
    promptTokens: [1, 2],
  })
  decoder.push(97)
  decoder.push(98)
  expect(seen.at(-1)).toEqual([1, 2, 97])
})
