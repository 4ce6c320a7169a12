import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createReplyBuffer, type PartKind } from './create-reply-buffer'

const deltas = fc.array(
  fc.tuple(fc.constantFrom<PartKind>('text', 'reasoning'), fc.string({ unit: 'binary' })),
  { maxLength: 30 },
)

function readAll(buffer: ReturnType<typeof createReplyBuffer>, from: number) {
  const all = { text: '', reasoning: '', both: '' }
  let position = from
  for (;;) {
    const slice = buffer.read(position)
    if (slice === undefined) return all
    all[slice.kind] += slice.text
    all.both += slice.text
    position += slice.text.length
  }
}

describe('createReplyBuffer', () => {
  it('gives the rest of the reply from every position, in the order in which it came', () => {
    fc.assert(
      fc.property(deltas, (pairs) => {
        const buffer = createReplyBuffer()
        for (const [kind, text] of pairs) buffer.append(kind, text)
        const whole = pairs.map(([, text]) => text).join('')
        expect(buffer.length()).toBe(whole.length)
        for (let from = 0; from <= whole.length; from += 1) {
          expect(readAll(buffer, from).both).toBe(whole.slice(from))
        }
        expect(readAll(buffer, 0)).toMatchObject({
          text: buffer.text(),
          reasoning: buffer.reasoning(),
        })
      }),
      { numRuns: 50 },
    )
  })

  it('is the same again when it begins with what another one has written', () => {
    fc.assert(
      fc.property(deltas, (pairs) => {
        const buffer = createReplyBuffer()
        for (const [kind, text] of pairs) buffer.append(kind, text)
        const again = createReplyBuffer(buffer.written())
        expect(again.written()).toEqual(buffer.written())
        for (let from = 0; from <= buffer.length(); from += 1) {
          expect(readAll(again, from)).toEqual(readAll(buffer, from))
        }
      }),
      { numRuns: 50 },
    )
  })

  it.each<[string, [PartKind, string][], number[] | undefined]>([
    ['nothing', [], undefined],
    ['text alone', [['text', 'a']], undefined],
    ['reasoning alone', [['reasoning', 'a']], undefined],
    [
      'reasoning, then text',
      [
        ['reasoning', 'abc'],
        ['text', 'd'],
        ['text', 'e'],
      ],
      undefined,
    ],
    [
      'text, then reasoning',
      [
        ['text', 'ab'],
        ['reasoning', 'c'],
      ],
      [0, 2, 1],
    ],
    [
      'turns',
      [
        ['reasoning', 'a'],
        ['text', 'bc'],
        ['reasoning', 'd'],
      ],
      [1, 2, 1],
    ],
  ])('names the order of %s only where it is not the usual one', (_, pairs, partLengths) => {
    const buffer = createReplyBuffer()
    for (const [kind, text] of pairs) buffer.append(kind, text)
    expect(buffer.written().partLengths).toEqual(partLengths)
  })

  it('never mixes two parts in one slice, and cuts a long one', () => {
    const buffer = createReplyBuffer()
    buffer.append('reasoning', 'why')
    buffer.append('text', 'a'.repeat(20_000))
    buffer.append('text', 'b')
    buffer.append('reasoning', 'again')
    expect(buffer.read(1)).toEqual({ kind: 'reasoning', part: 0, text: 'hy' })
    expect(buffer.read(3)).toEqual({ kind: 'text', part: 1, text: 'a'.repeat(16_384) })
    expect(buffer.read(20_002)).toEqual({ kind: 'text', part: 1, text: 'ab' })
    expect(buffer.read(20_004)).toEqual({ kind: 'reasoning', part: 2, text: 'again' })
    expect(buffer.read(20_009)).toBeUndefined()
  })

  it('grows after its text was read', () => {
    const buffer = createReplyBuffer()
    buffer.append('text', 'a')
    expect(buffer.text()).toBe('a')
    buffer.append('text', 'b')
    expect(buffer.text()).toBe('ab')
    expect(buffer.read(1)?.text).toBe('b')
  })
})
