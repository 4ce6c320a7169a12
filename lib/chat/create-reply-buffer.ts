export type PartKind = 'text' | 'reasoning'

/** Characters of one part: `part` counts how often reasoning and text took turns, from 0. */
export type ReplySlice = { kind: PartKind; part: number; text: string }

/**
 * The reply so far, shared by all its readers. A position counts UTF-16 units of reasoning and text
 * in the order in which they came.
 */
export type ReplyBuffer = {
  length(): number
  append(kind: PartKind, text: string): void
  /** What follows a position, within one part and at most 16 Ki units; undefined at the end. */
  read(position: number): ReplySlice | undefined
  text(): string
  reasoning(): string
}

type Piece = ReplySlice & { start: number }

const MAX_SLICE_LENGTH = 16_384

export function createReplyBuffer(): ReplyBuffer {
  const pieces: Piece[] = []
  const whole: Record<PartKind, string[]> = { text: [], reasoning: [] }
  let length = 0

  const join = (kind: PartKind): string => {
    const joined = whole[kind].join('')
    whole[kind] = [joined]
    return joined
  }

  return {
    length: () => length,
    append(kind, text) {
      if (text === '') return
      const last = pieces.at(-1)
      const part = last === undefined ? 0 : last.part + (last.kind === kind ? 0 : 1)
      pieces.push({ kind, part, text, start: length })
      whole[kind].push(text)
      length += text.length
    },
    read: (position) => (position >= length ? undefined : readFrom(pieces, position)),
    text: () => join('text'),
    reasoning: () => join('reasoning'),
  }
}

function readFrom(pieces: readonly Piece[], position: number): ReplySlice | undefined {
  let index = indexAt(pieces, position)
  const first = pieces[index]
  if (first === undefined) return undefined
  const { kind, part } = first
  let text = first.text.slice(position - first.start)
  for (;;) {
    if (text.length > MAX_SLICE_LENGTH) text = text.slice(0, MAX_SLICE_LENGTH)
    index += 1
    const next = pieces[index]
    if (next === undefined || next.part !== part || text.length === MAX_SLICE_LENGTH) break
    text += next.text
  }
  return { kind, part, text }
}

/** The last piece that starts at or before the position. */
function indexAt(pieces: readonly Piece[], position: number): number {
  let low = 0
  let high = pieces.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((pieces[middle]?.start ?? 0) <= position) low = middle
    else high = middle - 1
  }
  return low
}
