import { describe, expect, it } from 'vitest'
import { type CodeLanguage, toCodeLanguage } from './code-languages'
import { type CodeLine, loadTokenizer } from './highlight-code'

const join = (lines: readonly CodeLine[]) =>
  lines.map((line) => line.map(({ text }) => text).join('')).join('\n')

const kindOf = (lines: readonly CodeLine[], text: string) =>
  lines.flat().find((token) => token.text.includes(text))?.kind

async function highlight(language: CodeLanguage, code: string) {
  const tokenizer = await loadTokenizer(language)
  return tokenizer.read(code).lines
}

const SAMPLES: [CodeLanguage, string, string, string][] = [
  ['python', 'def first(token):\n    return "x"  # why\n', 'return', 'keyword'],
  ['typescript', 'const a: number = 1 // why\n', '// why', 'comment'],
  ['tsx', 'const a = <p className="x">y</p>\n', '"x"', 'string'],
  ['javascript', 'function first() {}\n', 'first', 'function'],
  ['bash', 'if true; then echo "x"; fi\n', 'if', 'keyword'],
  ['json', '{"a": 1, "b": "text"}\n', '"text"', 'string'],
  ['yaml', 'key: "value"\n', 'value', 'string'],
  ['sql', "SELECT 'x' FROM t\n", 'SELECT', 'keyword'],
  ['rust', 'fn main() { let a = 1; }\n', 'let', 'keyword'],
  ['go', 'func main() { return }\n', 'return', 'keyword'],
  ['java', 'class A { /* why */ }\n', 'why', 'comment'],
  ['c', 'return "x";\n', '"x"', 'string'],
  ['csharp', 'return "x";\n', '"x"', 'string'],
  ['kotlin', 'fun main() { return }\n', 'return', 'keyword'],
  ['html', '<p class="x">y</p>\n', 'p', 'tag'],
  ['css', 'p { color: red } /* why */\n', 'why', 'comment'],
  ['xml', '<a b="x">y</a>\n', '"x"', 'string'],
  ['toml', 'a = "x"\n', '"x"', 'string'],
  ['ini', '; why\n', 'why', 'comment'],
  ['docker', 'FROM node:24 # why\n', 'FROM', 'keyword'],
  ['diff', '+ new\n- old\n', 'old', 'deleted'],
]

describe('the highlighter', () => {
  it.each(SAMPLES)('reads %s, and keeps its text', async (language, code, text, kind) => {
    const lines = await highlight(language, code)
    expect(`${join(lines)}\n`).toBe(code)
    expect(kindOf(lines, text)).toBe(kind)
  })

  it('says of a growing text only what is new, also in the middle of a long string', async () => {
    const tokenizer = await loadTokenizer('python')
    const code = `a = """\n${'inside\n'.repeat(60)}"""\nb = 1`
    const lines: CodeLine[] = []
    let said = 0
    for (let end = 1; end < code.length + 5; end += 5) {
      const news = tokenizer.read(code.slice(0, end))
      lines.splice(news.from, Number.POSITIVE_INFINITY, ...news.lines)
      said += news.lines.length
      expect(join(lines)).toBe(code.slice(0, end).replace(/\n$/, ''))
    }
    expect(lines).toEqual(await highlight('python', code))
    expect(said).toBeLessThan(3 * lines.length)
    expect(kindOf(lines, 'inside')).toBe('string')
    expect(kindOf(lines, '1')).toBe('constant')
  })

  it('begins anew with another text', async () => {
    const tokenizer = await loadTokenizer('python')
    tokenizer.read('a = 1\n')
    const { from, lines } = tokenizer.read('# b')
    expect(from).toBe(0)
    expect(join(lines)).toBe('# b')
  })

  it('leaves a line of absurd length plain', async () => {
    const lines = await highlight('javascript', `const a = '${'x'.repeat(5000)}'\nconst b = 1\n`)
    expect(lines[0]).toHaveLength(1)
    expect(kindOf(lines.slice(1), 'const')).toBe('keyword')
  })
})

describe('toCodeLanguage', () => {
  it.each([
    ['py', 'python'],
    ['Python', 'python'],
    ['c++', 'c'],
    ['sh', 'bash'],
    ['mermaid', undefined],
    ['constructor', undefined],
    [undefined, undefined],
  ])('knows %s as %s', (name, language) => {
    expect(toCodeLanguage(name)).toBe(language)
  })
})
