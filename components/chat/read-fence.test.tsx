import fc from 'fast-check'
import { renderToStaticMarkup } from 'react-dom/server'
import ReactMarkdown from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { describe, expect, it } from 'vitest'
import { type FencedCode, readFence } from './read-fence'

/** What the Markdown parser makes of a block that is one code element; undefined for any other. */
type Code = Pick<FencedCode, 'code' | 'language'>

function parse(block: string): Code | undefined {
  let found: Code | undefined
  const html = renderToStaticMarkup(
    <ReactMarkdown
      remarkPlugins={[remarkGfm]}
      components={{
        pre({ node }) {
          const code = node?.children[0]
          if (code?.type !== 'element') return null
          const text = code.children.map((child) => ('value' in child ? child.value : '')).join('')
          const [name] = [code.properties.className ?? []].flat()
          found = {
            code: text.replace(/\n$/, ''),
            language: name === undefined ? undefined : String(name).slice('language-'.length),
          }
          return null
        },
      }}
    >
      {block}
    </ReactMarkdown>,
  )
  return html === '' ? found : undefined
}

const LINES = ['```', '````', '~~~', '```py', '   ```', '  x', 'code `a`', '', ' ```', '    ']

describe('readFence', () => {
  it('reads what the parser reads, or leaves the block to it', () => {
    let readCount = 0
    fc.assert(
      fc.property(
        fc.constantFrom('```', '```python', '~~~', '  ```c++', '````md title="a b"', '~~~ sh'),
        fc.array(fc.constantFrom(...LINES), { maxLength: 6 }),
        fc.boolean(),
        (opening, lines, endsInNewline) => {
          const block = [opening, ...lines].join('\n') + (endsInNewline ? '\n' : '')
          const read = readFence(block)
          if (read === undefined) return
          readCount += 1
          const { isClosed: _, ...code } = read
          expect(code).toEqual(parse(block))
        },
      ),
      { numRuns: 500 },
    )
    expect(readCount).toBeGreaterThan(100)
  })

  it.each<[string, FencedCode]>([
    ['```python\nprint(1)\n```', { code: 'print(1)', language: 'python', isClosed: true }],
    ['```\na\n\nb', { code: 'a\n\nb', language: undefined, isClosed: false }],
    ['~~~sh\n```\n~~~\n\n', { code: '```', language: 'sh', isClosed: true }],
    ['```', { code: '', language: undefined, isClosed: false }],
  ])('reads %j', (block, expected) => {
    expect(readFence(block)).toEqual(expected)
  })

  it.each([
    'text',
    '`code`',
    '```\na\n```\nmore',
    '``` a`b',
    '- ```\n  a\n  ```',
    '    ```\n    a',
    '```a&amp;b\nx\n```',
  ])('leaves %j to the parser', (block) => {
    expect(readFence(block)).toBeUndefined()
  })
})
