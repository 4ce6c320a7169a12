/** What a listener is told: a sentence, or that so many lines of code stand here. */
export type Spoken = { kind: 'text'; text: string } | { kind: 'code'; lineCount: number }

/** A sentence ends with its mark and a space; in Chinese and Japanese with the mark alone. */
const SENTENCE_END = /[.!?…]["')\]”’*_]*(?=\s)|[。！？]["'）」”’]*/g
const FENCE = /^\s*(?:`{3,}|~{3,})/
const TABLE_RULE = /^[\s|:-]+$/

/**
 * Reads a growing text aloud: each call gives what has become whole since the last one. Marks of
 * Markdown are left out, code is counted and not read.
 */
export function createSentenceReader({ from = 0 }: { from?: number } = {}) {
  let position = from
  let codeLines: number | undefined

  const readLine = (line: string): Spoken[] => {
    if (FENCE.test(line)) {
      const lineCount = codeLines
      codeLines = lineCount === undefined ? 0 : undefined
      return lineCount === undefined ? [] : [{ kind: 'code', lineCount }]
    }
    if (codeLines !== undefined) {
      codeLines += 1
      return []
    }
    return toSpoken(line)
  }

  return {
    read(text: string, isEnd: boolean): Spoken[] {
      const spoken: Spoken[] = []
      for (let end = text.indexOf('\n', position); end !== -1; end = text.indexOf('\n', position)) {
        spoken.push(...readLine(text.slice(position, end)))
        position = end + 1
      }
      const rest = text.slice(position)
      if (isEnd) {
        position = text.length
        return rest === '' ? spoken : [...spoken, ...readLine(rest)]
      }
      if (codeLines === undefined && !/^\s*[`~|]/.test(rest)) {
        const last = [...rest.matchAll(SENTENCE_END)].at(-1)
        if (last !== undefined) {
          const whole = rest.slice(0, last.index + last[0].length)
          spoken.push(...toSpoken(whole))
          position += whole.length
        }
      }
      return spoken
    },
  }
}

function toSpoken(line: string): Spoken[] {
  if (TABLE_RULE.test(line)) return []
  const text = line
    .replace(/^\s*(?:#{1,6}|>|[-*+]|\d{1,9}[.)])\s+/, '')
    .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}/g, '')
    .replaceAll(/\s*\|\s*/g, ', ')
    .replaceAll(/^(?:, )+|(?:, )+$/g, '')
    .trim()
  return text === '' ? [] : [{ kind: 'text', text }]
}
