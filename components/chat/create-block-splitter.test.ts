import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBlockSplitter } from './create-block-splitter'
import { findDefinitions, splitBlocks } from './split-blocks'

const PARTS = [
  'A paragraph\nof two lines.',
  '- one\n- two\n\n- three',
  '```ts\nconst x = 1\n\nconst y = 2\n```',
  'text\n```\ncode at once\n```\nand on',
  '$$\na\n\nb\n$$',
  '[1]: https://example.org/a',
  'See [it][1].',
  '> quote',
  '<!-- a\n\nb -->',
]

describe('createBlockSplitter', () => {
  it('gives for a growing text what splitting it anew gives', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...PARTS), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 17 }),
        fc.boolean(),
        (parts, step, isGrowing) => {
          const text = parts.join('\n\n')
          const split = createBlockSplitter()
          for (let end = step; end <= text.length; end += step) {
            const part = text.slice(0, end)
            const blocks = splitBlocks(part, { isGrowing })
            expect(split(part, isGrowing)).toEqual({
              blocks,
              definitions: blocks.map(findDefinitions).join(''),
            })
          }
        },
      ),
    )
  })

  it('looks again at all when the text is another one, or has ended', () => {
    const split = createBlockSplitter()
    const list = '- an item of some length in a long list\n'.repeat(100)
    expect(split(list, true).blocks.length).toBeGreaterThan(2)
    expect(split(list, false).blocks).toEqual([list])
    expect(split('Other.', false).blocks).toEqual(['Other.'])
    expect(split('', false).blocks).toEqual([])
  })

  it('finds the end of code that came in many pieces, and what follows it', () => {
    const split = createBlockSplitter()
    const text = 'Before.\n\n```py\na = 1\n\nb = `x`\n``\n```\n\nAfter.\n\n~~~\n```\n\n~~~\nEnd.'
    for (let end = 1; end <= text.length; end += 1) {
      const part = text.slice(0, end)
      expect(split(part, true).blocks).toEqual(splitBlocks(part, { isGrowing: true }))
    }
    expect(split('```\nanother text', true).blocks).toEqual(['```\nanother text'])
  })

  it('keeps the very strings of settled blocks, so that nothing draws them again', () => {
    const split = createBlockSplitter()
    const [first] = split('One.\n\nTwo', true).blocks
    const again = split('One.\n\nTwo, more.\n\nThree', true).blocks
    expect(again).toEqual(['One.\n\n', 'Two, more.\n\n', 'Three'])
    expect(again[0]).toBe(first)
  })
})
