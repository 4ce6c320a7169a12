export type SplitCommand = {
  words: string[]
  /** A quote was opened and never closed. */
  isQuoteOpen: boolean
}

const ENDS_COMMAND = /^(?:&&?|\|\|?|;|>>?|2>|2>&1|&>)$/

/**
 * The words of a POSIX command line: quotes, escapes, line continuations, comments. Variables stay as
 * they are written. Of several commands in a row the one that starts vLLM is taken, else the first.
 */
export function splitCommand(text: string): SplitCommand {
  const { words, isQuoteOpen } = readWords(text.replaceAll(/\\[ \t]*\r?\n/g, ' '))
  const commands: string[][] = [[]]
  for (const { text: word, isQuoted } of words) {
    if (!isQuoted && ENDS_COMMAND.test(word)) commands.push([])
    else commands.at(-1)?.push(word)
  }
  const serving = commands.find((command) => command.some((word) => /vllm/i.test(word)))
  return { words: serving ?? commands[0] ?? [], isQuoteOpen }
}

type Word = { text: string; isQuoted: boolean }

/** One character after the other; `quote` is what closes the present stretch. */
function readWords(text: string): { words: Word[]; isQuoteOpen: boolean } {
  const words: Word[] = []
  let word: Word | undefined
  let quote = ''
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? ''
    if (quote === '' && /\s/.test(sign)) {
      // A line break without a backslash is pasted text more often than a second command.
      word = undefined
      continue
    }
    if (quote === '' && sign === '#' && word === undefined) {
      at = Math.max(at, text.indexOf('\n', at) - 1)
      if (text.indexOf('\n', at) === -1) break
      continue
    }
    if (word === undefined) {
      word = { text: '', isQuoted: false }
      words.push(word)
    }
    const next = text[at + 1]
    if (quote === '' && (sign === "'" || sign === '"')) {
      quote = sign
      word.isQuoted = true
    } else if (sign === quote) {
      quote = ''
    } else if (sign === '\\' && quote !== "'" && next !== undefined && isEscaped({ next, quote })) {
      word.text += next
      at += 1
    } else {
      word.text += sign
    }
  }
  return { words, isQuoteOpen: quote !== '' }
}

/** Between double quotes a backslash stands for itself before most signs. */
function isEscaped({ next, quote }: { next: string; quote: string }): boolean {
  return quote === '' || '"\\$`'.includes(next)
}
