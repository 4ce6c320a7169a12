/** A piece of text and its id. The ids of the template's own pieces are the ones of Qwen3. */
export type Token = { id: number; text: string }

export type ChatTurn = { role: string; content: string }

const TEMPLATE_IDS = new Map([
  ['<|im_start|>', 151_644],
  ['<|im_end|>', 151_645],
  ['\n', 198],
  ['system', 8948],
  ['user', 872],
  ['assistant', 77_091],
])

const VOCABULARY_SIZE = 151_643
const LONGEST_WORD = 8

// The splitting pattern of Qwen2 and Qwen3.
const PIECES =
  /'(?:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+/giu
const LETTER_OF_ITS_OWN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u

function toId(text: string): number {
  const known = TEMPLATE_IDS.get(text)
  if (known !== undefined) return known
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  }
  return (hash >>> 0) % VOCABULARY_SIZE
}

function toToken(text: string): Token {
  return { id: toId(text), text }
}

function splitPiece(piece: string): string[] {
  const letters = [...piece]
  if (letters.length <= LONGEST_WORD && !LETTER_OF_ITS_OWN.test(piece)) return [piece]
  const parts: string[] = []
  let part = ''
  for (const letter of letters) {
    if (part !== '' && (LETTER_OF_ITS_OWN.test(letter) || [...part].length >= 6)) {
      parts.push(part)
      part = ''
    }
    part += letter
  }
  return part === '' ? parts : [...parts, part]
}

/** Text into tokens, always the same ones; joined, they are the text again. */
export function tokenizeText(text: string): Token[] {
  return (text.match(PIECES) ?? []).flatMap(splitPiece).map(toToken)
}

/**
 * A chat into the tokens of its prompt. Each message is split by itself, so the tokens of a thread
 * begin with the tokens of every earlier turn of it, that turn's answer included.
 */
export function tokenizeChat(options: {
  messages: readonly ChatTurn[]
  addGenerationPrompt: boolean
}): Token[] {
  const line = toToken('\n')
  const start = toToken('<|im_start|>')
  const turns = options.messages.flatMap(({ role, content }) => [
    start,
    toToken(role),
    line,
    ...tokenizeText(content),
    toToken('<|im_end|>'),
    line,
  ])
  return options.addGenerationPrompt ? [...turns, start, toToken('assistant'), line] : turns
}

/** The end of a sequence: `<|im_end|>`, sampled but never shown. */
export const END_OF_SEQUENCE: Token = toToken('<|im_end|>')

const PRINTABLE_BYTES = new Map<number, string>()
for (let byte = 0, next = 256; byte < 256; byte += 1) {
  const shown = (byte >= 33 && byte <= 126) || (byte >= 161 && byte !== 173)
  PRINTABLE_BYTES.set(byte, String.fromCharCode(shown ? byte : next))
  if (!shown) next += 1
}

/** A token as `token_strs` shows it: byte by byte, a blank as `Ġ`, a line break as `Ċ`. */
export function formatTokenString(token: Token): string {
  if (token.id === TEMPLATE_IDS.get(token.text) && token.text.startsWith('<|')) return token.text
  return [...Buffer.from(token.text)].map((byte) => PRINTABLE_BYTES.get(byte) ?? '').join('')
}
