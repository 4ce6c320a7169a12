/**
 * What no store can hold as it is: NUL, which Postgres refuses, and halves of surrogate pairs, which have
 * no UTF-8. Each is written as the mark and four hexadecimal digits, and so is the mark itself.
 */
const MARK = '\u001a'
const LONE = String.raw`[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]`
const UNSTORABLE = new RegExp(String.raw`[\u0000\u001a]|${LONE}`, 'g')
const ESCAPED = new RegExp(`${MARK}(0000|001a|d[89a-f][0-9a-f]{2})`, 'g')

export function escapeText(text: string): string {
  return text.replaceAll(UNSTORABLE, (unit) => {
    return `${MARK}${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

export function unescapeText(text: string): string {
  if (!text.includes(MARK)) return text
  return text.replaceAll(ESCAPED, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
