import { type SearchTerm, toSearchTerms } from './to-search-terms'

/** Of a longer word only the beginning is told apart in an index. */
const MAX_CHARACTERS = 32

/** What an index is asked for: the token itself, or any that begins with it. */
export type QueryToken = { text: string; isPrefix: boolean }

/**
 * What an index keeps of a text, each once, in order of first appearance: lower-cased words, and of
 * Chinese, Japanese and Korean every two characters that stand side by side, with the last one alone.
 */
export function toSearchTokens(text: string): string[] {
  return [...new Set(toSearchTerms(text).flatMap(tokensOf))]
}

/** All of them are in the tokens of a text that `matchesTerms`; the reverse is for that to say. */
export function toQueryTokens(terms: readonly SearchTerm[]): QueryToken[] {
  return terms.flatMap((term): QueryToken[] => {
    if (term.kind === 'word') return [{ text: cut(term.text), isPrefix: true }]
    const characters = [...term.text]
    if (characters.length === 1) return [{ text: term.text, isPrefix: true }]
    return toPairs(characters).map((text) => ({ text, isPrefix: false }))
  })
}

function tokensOf({ kind, text }: SearchTerm): string[] {
  if (kind === 'word') return [cut(text)]
  const characters = [...text]
  return [...toPairs(characters), characters.at(-1) ?? '']
}

function toPairs(characters: readonly string[]): string[] {
  return characters.slice(1).map((character, index) => `${characters[index]}${character}`)
}

function cut(word: string): string {
  return word.length <= MAX_CHARACTERS ? word : [...word].slice(0, MAX_CHARACTERS).join('')
}
