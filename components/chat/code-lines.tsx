'use client'

import { memo } from 'react'
import type { CodeLine } from './highlight-code'

/** Lines of one element: while code grows, only the last one is laid out again. */
const LINES_IN_PIECE = 50

/** The text of a code, with the kinds of those tokens that are known. What is copied is the text. */
export function CodeLines({ code, lines }: { code: string; lines: readonly CodeLine[] }) {
  return splitLines(code).map((text, index) => (
    <CodePiece
      // biome-ignore lint/suspicious/noArrayIndexKey: lines are only ever added at the end
      key={index}
      text={text}
      lines={lines.slice(index * LINES_IN_PIECE, (index + 1) * LINES_IN_PIECE)}
    />
  ))
}

const CodePiece = memo(
  function CodePiece({ text, lines }: { text: string; lines: readonly CodeLine[] }) {
    const { tokens, rest } = matchTokens({ text, lines })
    return (
      <span className="block">
        {tokens.map(({ text: part, kind }, index) =>
          kind === undefined ? (
            part
          ) : (
            // biome-ignore lint/suspicious/noArrayIndexKey: tokens have no identity but their place
            <span key={index} data-token={kind}>
              {part}
            </span>
          ),
        )}
        {rest}
      </span>
    )
  },
  (before, after) =>
    before.text === after.text &&
    before.lines.length === after.lines.length &&
    before.lines.every((line, index) => line === after.lines[index]),
)

function splitLines(code: string): string[] {
  const pieces: string[] = []
  let start = 0
  let count = 0
  for (let end = code.indexOf('\n'); end !== -1; end = code.indexOf('\n', end + 1)) {
    count += 1
    if (count % LINES_IN_PIECE !== 0) continue
    pieces.push(code.slice(start, end + 1))
    start = end + 1
  }
  return start < code.length || pieces.length === 0 ? [...pieces, code.slice(start)] : pieces
}

/** Tokens count only as far as they are the text: it may have gone on, or be another one, meanwhile. */
function matchTokens({ text, lines }: { text: string; lines: readonly CodeLine[] }) {
  const tokens: { text: string; kind: string | undefined }[] = []
  let at = 0
  for (const line of lines) {
    const length = line.reduce((sum, token) => sum + token.text.length, 0)
    const end = at + length
    const isWhole = text.charAt(end) === '\n' || end === text.length
    if (!isWhole || line.map((token) => token.text).join('') !== text.slice(at, end)) break
    for (const token of line) tokens.push({ text: token.text, kind: token.kind })
    if (end === text.length) {
      at = end
      break
    }
    tokens.push({ text: '\n', kind: undefined })
    at = end + 1
  }
  return { tokens, rest: text.slice(at) }
}
