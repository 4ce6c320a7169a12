import type { BadRow } from '@/lib/domain/batch'

/** Longer ones are no questions. */
export const MAX_LINE_BYTES = 1024 * 1024

export type InputLine = { line: number; text: string } | { bad: BadRow }

const NEWLINE = 0x0a

/**
 * The lines of an input as they stream in, decoded one by one, so that one broken line spoils no other.
 * Blank ones are left out but counted. Holds no more than one line.
 */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<InputLine, void, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  for await (const found of splitRawLines(chunks)) {
    const line = 'bad' in found ? found : decode({ decoder, ...found })
    if (line !== undefined) yield line
  }
}

/** All of them, as they are but for the newline. */
export async function* splitRawLines(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ line: number; bytes: Uint8Array } | { bad: BadRow }, void, undefined> {
  let held: Uint8Array[] = []
  let heldBytes = 0
  let line = 0

  const take = (piece: Uint8Array) => {
    heldBytes += piece.byteLength
    if (heldBytes <= MAX_LINE_BYTES) held.push(piece)
    else held = []
  }
  const finish = () => {
    const bytes = held
    const isTooLong = heldBytes > MAX_LINE_BYTES
    held = []
    heldBytes = 0
    line += 1
    return isTooLong ? { bad: toTooLong(line) } : { line, bytes: Buffer.concat(bytes) }
  }

  for await (const chunk of chunks) {
    let from = 0
    for (;;) {
      const at = chunk.indexOf(NEWLINE, from)
      if (at === -1) break
      take(chunk.subarray(from, at))
      from = at + 1
      yield finish()
    }
    // A copy: the reader may fill its buffer again.
    if (from < chunk.byteLength) take(Uint8Array.from(chunk.subarray(from)))
  }
  if (heldBytes > 0) yield finish()
}

function decode(options: {
  decoder: TextDecoder
  bytes: Uint8Array
  line: number
}): InputLine | undefined {
  const { decoder, bytes, line } = options
  try {
    const text = decoder.decode(bytes).replace(/\r$/, '')
    return text.trim() === '' ? undefined : { line, text }
  } catch {
    return { bad: { line, reason: 'not-utf8' } }
  }
}

export function toTooLong(line: number): BadRow {
  return { line, reason: 'too-long', details: { limitBytes: MAX_LINE_BYTES } }
}
