import fc from 'fast-check'
import { renderToStaticMarkup } from 'react-dom/server'
import ReactMarkdown from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { describe, expect, it } from 'vitest'
import { splitBlocks } from './split-blocks'

const PARTS = [
  'A paragraph\nof two lines.',
  '# Heading',
  'Setext\n======',
  '- one\n- two',
  '- one\n\n- two, loose\n\n  and more of it',
  '1. first\n\n   ```js\n   const a = 1\n\n   const b = 2\n   ```\n\n2. second',
  '- an open fence\n\n  ```\n  inside',
  '- ```js\n  a\n\n  b\n  ```',
  '10. ten\n11. eleven',
  '```ts\nconst x = 1\n\nconst y = 2\n```',
  '~~~\n```\n\nnot a fence\n~~~',
  '````md\n```js\n\n```\n\ntext\n````',
  '   ```\nindented fence\n\nmore\n   ```',
  '> a quote\n>\n> goes on',
  '> ```\n> open in a quote',
  '| a | b |\n| --- | --- |\n| 1 | 2 |',
  '---',
  '***',
  '<pre>\nraw\n\n# not a heading\n</pre>',
  '<!-- a comment\n\n# not a heading -->',
  '<div>\n\n**bold**\n\n</div>',
  'a `code ``` span` in text',
  'text\n- that a list interrupts\n\n- loosely',
  '* star\n\n+ plus',
  '[link](https://example.org) ![image](https://example.org/a.png)',
  '\\- no list',
  '1986\\. no list',
] as const

function toHtml(markdown: string): string {
  const html = renderToStaticMarkup(
    <ReactMarkdown remarkPlugins={[remarkGfm]} components={{ img: 'b' }}>
      {markdown}
    </ReactMarkdown>,
  )
  return html.replaceAll('\n', '')
}

const joined = (text: string) =>
  splitBlocks(text)
    .map((block) => toHtml(block))
    .join('')

describe('splitBlocks', () => {
  it('renders in pieces what the whole renders, for any order of parts', () => {
    const parts = fc.array(fc.constantFrom(...PARTS), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(parts, (list) => {
        const text = list.join('\n\n')
        expect(joined(text)).toBe(toHtml(text))
      }),
      { numRuns: 200 },
    )
  })

  it('renders in pieces what the whole renders, while it grows', () => {
    const text = PARTS.join('\n\n')
    for (let end = 0; end <= text.length; end += 7) {
      const part = text.slice(0, end)
      expect(joined(part)).toBe(toHtml(part))
    }
  })

  it('keeps an indented code block together', () => {
    const text = 'Text.\n\n    indented code\n\n    goes on\n\nMore.'
    expect(joined(text)).toBe(toHtml(text))
  })

  it('gives back the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '\n', '`', '-', ' ', '>', '1', '.') }),
        (text) => {
          expect(splitBlocks(text).join('')).toBe(text)
        },
      ),
    )
  })

  it('leaves earlier pieces as they are when text is added', () => {
    const before = splitBlocks('One.\n\nTwo.\n\n```\ncode')
    const after = splitBlocks('One.\n\nTwo.\n\n```\ncode\n\nmore\n```\n\nThree.')
    expect(before.slice(0, -1)).toEqual(after.slice(0, 2))
    expect(after).toHaveLength(4)
  })

  it.each(['See [it][1].\n\n[1]: https://example.org', 'A note[^1].\n\n[^1]: It.'])(
    'keeps together what points from one block to another: %j',
    (text) => {
      expect(splitBlocks(text)).toEqual([text])
    },
  )
})
