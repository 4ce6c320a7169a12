import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrefixCache } from './prefix-cache.ts'

const sequence = (length: number, from = 0) => Array.from({ length }, (_, index) => from + index)

describe('the prefix cache', () => {
  it('finds whole blocks only, and never the last token', () => {
    const cache = createPrefixCache({ blockSize: 4, blocks: 100 })
    cache.store(sequence(10))
    expect(cache.lookUp(sequence(10))).toBe(8)
    expect(cache.lookUp(sequence(8))).toBe(4)
    expect(cache.lookUp(sequence(3))).toBe(0)
  })

  it('finds nothing past the first token that differs', () => {
    const cache = createPrefixCache({ blockSize: 4, blocks: 100 })
    cache.store(sequence(16))
    expect(cache.lookUp([...sequence(6), 99, ...sequence(9, 7)])).toBe(4)
    expect(cache.lookUp([99, ...sequence(15, 1)])).toBe(0)
  })

  it('drops the least recently used block first, the tail of a sequence before its head', () => {
    const cache = createPrefixCache({ blockSize: 2, blocks: 4 })
    cache.store(sequence(6))
    cache.store(sequence(4, 50))
    expect(cache.lookUp(sequence(7))).toBe(4)
    expect(cache.lookUp(sequence(5, 50))).toBe(4)
  })

  it('finds the common prefix of any two sequences in whole blocks', () => {
    const tokens = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 40 })
    fc.assert(
      fc.property(tokens, tokens, fc.integer({ min: 1, max: 5 }), (stored, asked, blockSize) => {
        const cache = createPrefixCache({ blockSize, blocks: 1000 })
        cache.store(stored)
        const differs = asked.findIndex((token, index) => token !== stored[index])
        const common = Math.min(differs === -1 ? asked.length : differs, asked.length - 1)
        const whole = Math.floor(stored.length / blockSize) * blockSize
        const expected = Math.floor(Math.max(0, Math.min(common, whole)) / blockSize) * blockSize
        expect(cache.lookUp(asked)).toBe(expected)
      }),
    )
  })
})
