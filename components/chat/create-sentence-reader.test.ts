import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSentenceReader, type Spoken } from './create-sentence-reader'

const say = (text: string): Spoken => ({ kind: 'text', text })

function readGrowing(text: string, step: number): Spoken[] {
  const reader = createSentenceReader()
  const spoken: Spoken[] = []
  for (let end = step; end < text.length; end += step) {
    spoken.push(...reader.read(text.slice(0, end), false))
  }
  return [...spoken, ...reader.read(text, true)]
}

describe('the reader of sentences', () => {
  it('waits for the end of a sentence', () => {
    const reader = createSentenceReader()
    expect(reader.read('It took 1', false)).toEqual([])
    expect(reader.read('It took 1.5 s. That', false)).toEqual([say('It took 1.5 s.')])
    expect(reader.read('It took 1.5 s. That is it', true)).toEqual([say('That is it')])
    expect(reader.read('It took 1.5 s. That is it', true)).toEqual([])
  })

  it('knows the sentences of Chinese, which have no space between', () => {
    const reader = createSentenceReader()
    expect(reader.read('首个词元很快。其余', false)).toEqual([say('首个词元很快。')])
  })

  it('counts code and leaves out the marks of Markdown', () => {
    const text =
      '# Title\n\n- **one** `two`\n\n```py\na = 1\nb = 2\n```\n| a | b |\n|---|---|\n| 1 | 2 |\nSee [it](https://x.example).\n'
    expect(readGrowing(text, 1000)).toEqual([
      say('Title'),
      say('one two'),
      { kind: 'code', lineCount: 2 },
      say('a, b'),
      say('1, 2'),
      say('See it.'),
    ])
  })

  it('begins where it is told to', () => {
    const reader = createSentenceReader({ from: 'Heard before. '.length })
    expect(reader.read('Heard before. New.', true)).toEqual([say('New.')])
  })

  it('says every word once, in whatever pieces they come', () => {
    const words = fc.array(
      fc.constantFrom('one', 'two. ', 'three!\n', '\n\n', ' ', '四。', '- five', '\n```\nx\n```\n'),
      { maxLength: 12 },
    )
    const join = (spoken: Spoken[]) =>
      spoken
        .map((each) => (each.kind === 'text' ? each.text : `<${each.lineCount}>`))
        .join('')
        .replaceAll(/\s/g, '')
    fc.assert(
      fc.property(words, fc.integer({ min: 1, max: 9 }), (parts, step) => {
        const text = parts.join('')
        const whole = join(readGrowing(text, text.length + 1)).replaceAll('-', '')
        expect(join(readGrowing(text, step)).replaceAll('-', '')).toBe(whole)
      }),
    )
  })
})
