import type { Reply } from '@/lib/domain/message'

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
  /** All of it, as a Reply holds it. */
  written(): WrittenParts
}

export type WrittenParts = Pick<Reply, 'text' | 'reasoning' | 'partLengths'>

type Piece = ReplySlice & { start: number }

const MAX_SLICE_LENGTH = 16_384

/** `begun`: what is in it from the start, in the order in which it came. */
export function createReplyBuffer(begun?: WrittenParts): ReplyBuffer {
  const pieces: Piece[] = []
  const lengths: number[] = []
  const whole: Record<PartKind, string[]> = { text: [], reasoning: [] }
  let length = 0

  const join = (kind: PartKind): string => {
    const joined = whole[kind].join('')
    whole[kind] = [joined]
    return joined
  }

  const append = (kind: PartKind, text: string) => {
    if (text === '') return
    const last = pieces.at(-1)
    const part = last === undefined ? 0 : last.part + (last.kind === kind ? 0 : 1)
    pieces.push({ kind, part, text, start: length })
    lengths[part] = (lengths[part] ?? 0) + text.length
    whole[kind].push(text)
    length += text.length
  }
  for (const { kind, text } of begun === undefined ? [] : toParts(begun)) append(kind, text)

  const toPartLengths = (): number[] | undefined => {
    const isTextFirst = pieces[0]?.kind === 'text'
    if (lengths.length <= (isTextFirst ? 1 : 2)) return undefined
    return isTextFirst ? [0, ...lengths] : [...lengths]
  }

  return {
    length: () => length,
    append,
    read: (position) => (position >= length ? undefined : readFrom(pieces, position)),
    text: () => join('text'),
    reasoning: () => join('reasoning'),
    written() {
      const partLengths = toPartLengths()
      const written = { text: join('text'), reasoning: join('reasoning') }
      return partLengths === undefined ? written : { ...written, partLengths }
    },
  }
}

/** What no length tells of comes last. */
function toParts({ text, reasoning, partLengths = [] }: WrittenParts) {
  const rest: Record<PartKind, string> = { text, reasoning }
  const take = (kind: PartKind, count: number) => {
    const taken = rest[kind].slice(0, count)
    rest[kind] = rest[kind].slice(count)
    return { kind, text: taken }
  }
  const parts = partLengths.map((count, index) =>
    take(index % 2 === 0 ? 'reasoning' : 'text', count),
  )
  return [...parts, take('reasoning', reasoning.length), take('text', text.length)]
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
