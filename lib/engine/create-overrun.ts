import type { ParsedChunk } from './parse-chunk'

export type AnswerLimits = {
  /** As asked of the engine. */
  maxTokens?: number
  maxCharacters?: number
}

const MAX_CHARACTERS = 4 * 1024 * 1024
/** A piece may be less than a token, as when a stop text was held back; never so often. */
const PIECES_PER_TOKEN = 2
const SPARE_PIECES = 16

/** Counts an answer, and says when it is far beyond what was asked for: its engine does not stop by itself. */
export function createOverrun({
  maxTokens,
  maxCharacters = MAX_CHARACTERS,
}: AnswerLimits): (chunk: ParsedChunk) => boolean {
  const maxPieces =
    maxTokens === undefined ? Number.POSITIVE_INFINITY : maxTokens * PIECES_PER_TOKEN + SPARE_PIECES
  let characters = 0
  let pieces = 0
  return ({ text, reasoning, toolCharacters }) => {
    const size = text.length + reasoning.length + toolCharacters
    characters += size
    if (size > 0) pieces += 1
    return characters > maxCharacters || pieces > maxPieces
  }
}
