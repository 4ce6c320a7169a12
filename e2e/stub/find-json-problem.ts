/** What Python's `json` would say about a text, and where (in characters). */
export type JsonProblem = { message: string; at: number }

class Problem extends Error {
  readonly at: number

  constructor(options: { message: string; at: number }) {
    super(options.message)
    this.at = options.at
  }
}

const NUMBER_OR_WORD =
  /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null|-?Infinity|NaN)/y
const STRING = /"(?:[^"\\]|\\.)*"/sy

function fail(message: string, at: number): never {
  throw new Problem({ message, at })
}

function createScanner(text: string) {
  let at = 0
  const skipBlanks = () => {
    while (/[ \t\r\n]/.test(text.charAt(at))) at += 1
  }
  const eat = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    if (!pattern.test(text)) return false
    at = pattern.lastIndex
    return true
  }
  const scanString = () => {
    if (!eat(STRING)) fail('Unterminated string starting at', at)
  }
  const scanItems = (options: { close: string; item: () => void }) => {
    at += 1
    skipBlanks()
    if (text.charAt(at) === options.close) {
      at += 1
      return
    }
    for (;;) {
      options.item()
      skipBlanks()
      const next = text.charAt(at)
      if (next !== ',' && next !== options.close) fail("Expecting ',' delimiter", at)
      at += 1
      if (next === options.close) return
      skipBlanks()
    }
  }
  const scanField = () => {
    if (text.charAt(at) !== '"') fail('Expecting property name enclosed in double quotes', at)
    scanString()
    skipBlanks()
    if (text.charAt(at) !== ':') fail("Expecting ':' delimiter", at)
    at += 1
    skipBlanks()
    scanValue()
  }
  const scanValue = (): void => {
    const first = text.charAt(at)
    if (first === '"') scanString()
    else if (first === '{') scanItems({ close: '}', item: scanField })
    else if (first === '[') scanItems({ close: ']', item: scanValue })
    else if (!eat(NUMBER_OR_WORD)) fail('Expecting value', at)
  }
  return () => {
    skipBlanks()
    scanValue()
    skipBlanks()
    if (at < text.length) fail('Extra data', at)
  }
}

/** `undefined` when the text is JSON. */
export function findJsonProblem(text: string): JsonProblem | undefined {
  try {
    createScanner(text)()
    return undefined
  } catch (error) {
    if (error instanceof Problem) return { message: error.message, at: error.at }
    throw error
  }
}
