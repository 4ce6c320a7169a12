import { readFence } from './read-fence'

const MATHS = /\\[([]|\$\$|^[ \t]*(?:```+|~~~+)[ \t]*math\b/m
const DELIMITER = /\\[([]|\$\$/
/** List markers, quote marks and indentation before a line's text. */
const PREFIX = /^(?:[ \t]*(?:>[ \t]?|(?:[-*+]|\d{1,9}[.)])[ \t]+))*[ \t]*/
const CODE_FENCE = /^(`{3,}(?=[^`]*$)|~{3,})/
const MATHS_FENCE = /^(\${2,})(?=[^$]*$)/
const WHOLE_LINE = /^\$\$(?!\$)((?:(?!\$\$).)+)\$\$([.,;:]?)[ \t]*$/
const MAX_DISPLAY_LINES = 200

/** The text may hold maths: the parts that draw it are needed. */
export function hasMaths(text: string): boolean {
  return MATHS.test(text)
}

/**
 * Rewrites TeX's own delimiters to those that the Markdown parser knows: `\(…\)` to `$$…$$` within a
 * line, `\[…\]` to a fence of `$$`, and a line that is nothing but `$$…$$` to one as well. Code of
 * every kind stays as it is, and so does what has no end yet.
 */
export function translateMaths(block: string): string {
  if (!DELIMITER.test(block) || readFence(block) !== undefined) return block
  const lines = block.split('\n')
  const isList = /^ {0,3}(?:[-*+]|\d{1,9}[.)])\s/m.test(block)
  const written: string[] = []
  let paragraph: string[] = []
  let isAfterCode = false
  const endParagraph = () => {
    if (paragraph.length > 0) written.push(translateInline(paragraph.join('\n')))
    paragraph = []
  }
  let index = 0
  while (index < lines.length) {
    const line = lines[index] ?? ''
    const prefix = PREFIX.exec(line)?.[0] ?? ''
    const text = line.slice(prefix.length)
    const isCodeOpen: boolean =
      paragraph.length === 0 && (isAfterCode || isBlankAt({ lines, index: index - 1 }))
    const fenced = countFenced({ lines, index, text })
    const isCode: boolean = fenced === 0 && isCodeOpen && isIndentedCode({ prefix, text, isList })
    const display = fenced > 0 || isCode ? undefined : readDisplay({ lines, index, prefix, text })
    const isKept = text === '' || fenced > 0 || isCode
    if (isKept || display !== undefined) endParagraph()
    if (display !== undefined) written.push(...display.written)
    else if (isKept) written.push(...lines.slice(index, index + Math.max(1, fenced)))
    else paragraph.push(line)
    index += display?.lineCount ?? Math.max(1, fenced)
    isAfterCode = isCode
  }
  endParagraph()
  return written.join('\n')
}

function isBlankAt({ lines, index }: { lines: readonly string[]; index: number }): boolean {
  return (lines[index] ?? '').trim() === ''
}

/** How many lines from here on a fence of code or maths holds, its own two included; 0: none begins. */
function countFenced(options: { lines: readonly string[]; index: number; text: string }): number {
  const { lines, index, text } = options
  const mark = (CODE_FENCE.exec(text) ?? MATHS_FENCE.exec(text))?.[1]
  if (mark === undefined) return 0
  const isEnd = (line: string) => {
    const end = line.replace(/^[ \t>]*/, '').trimEnd()
    return end.length >= mark.length && end === mark.charAt(0).repeat(end.length)
  }
  const end = lines.findIndex((line, at) => at > index && isEnd(line))
  return (end === -1 ? lines.length : end + 1) - index
}

function isIndentedCode(options: { prefix: string; text: string; isList: boolean }): boolean {
  const { prefix, text, isList } = options
  if (text === '' || prefix.trim() !== '') return false
  return prefix.replaceAll('\t', '    ').length >= (isList ? 8 : 4)
}

/** Maths that takes its lines alone, as the lines of a fence under the same list item or quote. */
function readDisplay(options: {
  lines: readonly string[]
  index: number
  prefix: string
  text: string
}): { written: string[]; lineCount: number } | undefined {
  const { lines, index, prefix, text } = options
  const [, inLine, mark = ''] = WHOLE_LINE.exec(text) ?? []
  if (inLine !== undefined) {
    return { written: toFence({ prefix, tex: [inLine + mark] }), lineCount: 1 }
  }
  if (!text.startsWith('\\[')) return undefined
  const found = [text.slice(2)]
  for (let at = index; at < lines.length && at - index < MAX_DISPLAY_LINES; at += 1) {
    if (at > index) {
      const next = (lines[at] ?? '').replace(prefix.includes('>') ? /^[ \t>]*/ : /^[ \t]*/, '')
      if (CODE_FENCE.test(next)) return undefined
      found.push(next)
    }
    const line = found.at(-1) ?? ''
    const end = findEnd({ text: line, from: 0, mark: ']' })
    if (end === -1) continue
    const rest = line.slice(end + 2).trim()
    if (rest.length > 1 || (rest !== '' && !'.,;:。，；'.includes(rest))) return undefined
    found[found.length - 1] = line.slice(0, end) + rest
    const tex = found.filter((each) => each.trim() !== '')
    if (tex.length === 0) return undefined
    return { written: toFence({ prefix, tex }), lineCount: at - index + 1 }
  }
  return undefined
}

function toFence({ prefix, tex }: { prefix: string; tex: readonly string[] }): string[] {
  const mark = toMark(tex.join('\n'))
  const next = prefix.replaceAll(/[^>\t]/g, ' ')
  return [prefix + mark, ...tex.map((line) => next + line), next + mark]
}

/** More dollars than the text has in a row. */
function toMark(tex: string): string {
  const longest = Math.max(1, ...(tex.match(/\$+/g) ?? []).map((run) => run.length))
  return '$'.repeat(longest + 1)
}

function translateInline(text: string): string {
  let written = ''
  let at = 0
  while (at < text.length) {
    const char = text.charAt(at)
    const next = text.charAt(at + 1)
    const skipped = char === '`' || (char === '$' && next === '$') ? skipSpan(text, at) : 0
    if (skipped > 0) {
      written += text.slice(at, at + skipped)
      at += skipped
      continue
    }
    if (char !== '\\') {
      written += char
      at += 1
      continue
    }
    const end =
      next === '(' || next === '['
        ? findEnd({ text, from: at + 2, mark: next === '(' ? ')' : ']' })
        : -1
    const tex = end === -1 ? '' : text.slice(at + 2, end).trim()
    if (tex === '') {
      written += text.slice(at, at + 2)
      at += 2
      continue
    }
    written += toInline(next === '[' ? `\\displaystyle ${tex}` : tex)
    at = end + 2
  }
  return written
}

function toInline(tex: string): string {
  const mark = toMark(tex)
  const pad = tex.startsWith('$') || tex.endsWith('$') ? ' ' : ''
  return mark + pad + tex + pad + mark
}

/** The length of a code span or of `$$…$$` that begins here; of the marks alone where nothing ends it. */
function skipSpan(text: string, from: number): number {
  const mark = text.charAt(from)
  let length = 0
  while (text.charAt(from + length) === mark) length += 1
  let at = from + length
  while (at < text.length) {
    if (text.charAt(at) !== mark) {
      at += 1
      continue
    }
    let run = 0
    while (text.charAt(at + run) === mark) run += 1
    at += run
    if (run === length) return at - from
  }
  return length
}

/** Where `\)` or `\]` stands; `\\` before it is a line break of TeX and takes its own second character. */
function findEnd(options: { text: string; from: number; mark: string }): number {
  const { text, from, mark } = options
  let at = from
  while (at < text.length - 1) {
    if (text.charAt(at) !== '\\') at += 1
    else if (text.charAt(at + 1) === mark) return at
    else at += 2
  }
  return -1
}
