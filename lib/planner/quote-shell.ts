const NEEDS_NO_QUOTES = /^[\w./:=,@%+-]+$/

/** One word for a POSIX shell. */
function quoteShell(word: string): string {
  if (NEEDS_NO_QUOTES.test(word)) return word
  return `'${word.replaceAll("'", `'\\''`)}'`
}

/** The same for a word that was read from a command: its variables and its assignment stay what they were. */
export function requoteShell(word: string): string {
  const assignment = /^([A-Za-z_]\w*=)(.*)$/s.exec(word)
  if (assignment !== null) return `${assignment[1]}${requoteShell(assignment[2] ?? '')}`
  if (!/\$[\w{(]/.test(word)) return word === '' ? '' : quoteShell(word)
  return /[^\w$./:=,@%+{}-]/.test(word) ? `"${word.replaceAll(/["\\`]/g, '\\$&')}"` : word
}

/** A flag and its value on one line; continued with a backslash. */
export function formatShellLines({
  lines,
  quote = quoteShell,
}: {
  lines: readonly (readonly string[])[]
  quote?: (word: string) => string
}): string {
  return lines
    .map((words, index) => `${index === 0 ? '' : '  '}${words.map(quote).join(' ')}`)
    .join(' \\\n')
}
