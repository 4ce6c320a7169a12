import type { HitRange } from './find-hits'
import type { SnippetPart } from './search-page'

const BEFORE = 60
const LENGTH = 200

/**
 * The part of a text around its first hit, on one line, with an ellipsis where it was cut. `hits`: in
 * order and apart from each other.
 */
export function toSnippet({
  text,
  hits,
}: {
  text: string
  hits: readonly HitRange[]
}): SnippetPart[] {
  const first = hits[0]?.start ?? 0
  const start = first <= BEFORE ? 0 : toBoundary(text, first - BEFORE)
  const end = Math.min(text.length, toBoundary(text, Math.max(start + LENGTH, hits[0]?.end ?? 0)))
  const parts: SnippetPart[] = []
  let at = start
  const add = (until: number, isHit: boolean) => {
    if (until > at) parts.push({ text: toLine(text.slice(at, until)), isHit })
    at = Math.max(at, until)
  }
  if (start > 0) parts.push({ text: '…', isHit: false })
  for (const hit of hits) {
    if (hit.start >= end) break
    add(hit.start, false)
    add(Math.min(hit.end, end), true)
  }
  add(end, false)
  if (end < text.length) parts.push({ text: '…', isHit: false })
  return joinPlain(parts)
}

/** No half of a surrogate pair. */
function toBoundary(text: string, at: number): number {
  const unit = text.charCodeAt(at)
  return unit >= 0xdc00 && unit <= 0xdfff ? at + 1 : at
}

function toLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}

function joinPlain(parts: readonly SnippetPart[]): SnippetPart[] {
  const joined: SnippetPart[] = []
  for (const part of parts) {
    const last = joined.at(-1)
    if (last !== undefined && last.isHit === part.isHit) last.text += part.text
    else joined.push({ ...part })
  }
  return joined
}
