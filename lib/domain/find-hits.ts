import { type SearchTerm, toSearchTerms } from './to-search-terms'

/** In UTF-16 units of the text. */
export type HitRange = { start: number; end: number }

/**
 * Where the terms stand in a text, in order and apart from each other; undefined unless each is there:
 * a word as the beginning of a word, a joined stretch as a part of one.
 */
export function findHits({
  text,
  terms,
}: {
  text: string
  terms: readonly SearchTerm[]
}): HitRange[] | undefined {
  const found = new Set<SearchTerm>()
  const ranges: HitRange[] = []
  for (const place of toSearchTerms(text)) {
    for (const term of terms) {
      if (term.kind !== place.kind) continue
      const hits = place.kind === 'word' ? beginningOf(place, term) : partsOf(place, term)
      if (hits.length > 0) found.add(term)
      for (const { start, end } of hits) {
        ranges.push({
          start: place.start + toLength(text.slice(place.start, place.end), start),
          end: place.start + toLength(text.slice(place.start, place.end), end),
        })
      }
    }
  }
  return terms.length > 0 && terms.every((term) => found.has(term)) ? merge(ranges) : undefined
}

function beginningOf(place: SearchTerm, { text }: SearchTerm): HitRange[] {
  return place.text.startsWith(text) ? [{ start: 0, end: text.length }] : []
}

function partsOf(place: SearchTerm, { text }: SearchTerm): HitRange[] {
  const hits: HitRange[] = []
  for (
    let at = place.text.indexOf(text);
    at !== -1;
    at = place.text.indexOf(text, at + text.length)
  ) {
    hits.push({ start: at, end: at + text.length })
  }
  return hits
}

/** Units of the original that so many units of its lower case stand for: a few letters change their length. */
function toLength(original: string, lowerLength: number): number {
  if (original.toLowerCase().length === original.length) return lowerLength
  let length = 0
  let lower = 0
  for (const character of original) {
    if (lower >= lowerLength) break
    lower += character.toLowerCase().length
    length += character.length
  }
  return length
}

function merge(ranges: readonly HitRange[]): HitRange[] {
  const merged: HitRange[] = []
  for (const range of ranges.toSorted((one, other) => one.start - other.start)) {
    const last = merged.at(-1)
    if (last === undefined || range.start > last.end) merged.push({ ...range })
    else last.end = Math.max(last.end, range.end)
  }
  return merged
}
