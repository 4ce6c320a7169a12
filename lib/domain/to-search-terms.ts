/** A stretch of a text that is searched for as one; `start` and `end` in UTF-16 units of the text. */
export type SearchTerm = {
  /** `joined`: Chinese, Japanese, Korean, which do not part words. */
  kind: 'word' | 'joined'
  /** In lower case. */
  text: string
  start: number
  end: number
}

const JOINED = String.raw`(?:(?=[\p{L}\p{N}])[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}])`
const TERMS = new RegExp(String.raw`(${JOINED}+)|(?:(?!${JOINED})[\p{L}\p{N}\p{M}])+`, 'gu')

/** Words of letters and digits, and unbroken stretches of Chinese, Japanese and Korean, in their order. */
export function toSearchTerms(text: string): SearchTerm[] {
  return [...text.matchAll(TERMS)].map((match) => ({
    kind: match[1] === undefined ? 'word' : 'joined',
    text: match[0].toLowerCase(),
    start: match.index,
    end: match.index + match[0].length,
  }))
}
