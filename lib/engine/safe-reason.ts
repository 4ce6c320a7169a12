const MAX_CHARACTERS = 300

/** A pydantic report holds the user's own input as Python text; only the place and the message are of use. */
const VALIDATION = /'loc': '([^']{1,200})', 'msg': (?:'([^']{1,400})'|"([^"]{1,400})")/

/**
 * The engine's message as one short line that may be shown to a browser: no markup, no control
 * characters, no path, no URL, nothing that looks like a key. `undefined` when nothing is left.
 */
export function toSafeReason(message: string, apiKey?: string): string | undefined {
  const validation = VALIDATION.exec(message.slice(0, 10_000))
  const source =
    validation === null ? message : `${validation[1]}: ${validation[2] ?? validation[3]}`
  const text = blotOut(source.slice(0, 4000), apiKey)
    .replace(/<[^<>]*>/g, '…')
    .replace(/[<>]/g, '')
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
  if (text === '') return undefined
  return text.length <= MAX_CHARACTERS ? text : `${text.slice(0, MAX_CHARACTERS - 1)}…`
}

function blotOut(text: string, apiKey: string | undefined): string {
  const withoutKey = apiKey === undefined || apiKey === '' ? text : text.replaceAll(apiKey, '[key]')
  return blotOutKeys(
    withoutKey
      .replace(/\b[a-z][a-z0-9+.-]*:\/\/[^\s"'`<>)]+/gi, '[url]')
      .replace(/(^|[\s"'`(=:,])(?:~?\/|[A-Za-z]:\\)[^\s"'`<>),:]*[^\s"'`<>),:.]/g, '$1[path]'),
  )
}

/** Blots out what looks like a token or key, wherever it stands. */
export function blotOutKeys(text: string): string {
  return text
    .replace(/\bBearer\s+[^\s"'`,]+/gi, '[key]')
    .replace(/\b(?:sk|hf|pk|ghp|eyJ)[-_]?[A-Za-z0-9._-]{16,}/g, '[key]')
    .replace(/(:\/\/)[^\s/@]+@/g, '$1[key]@')
}
