const BYTE_OF = buildByteTable()

/**
 * Text of tokens as a tokenizer writes them (`token_strs`): the byte letters of GPT-2's kind, where `Ġ`
 * is a blank, and SentencePiece's `▁`. Bytes that are cut in the middle of a character show as `�`.
 */
export function decodeTokenStrings(tokens: readonly string[]): string {
  const bytes: number[] = []
  const encoder = new TextEncoder()
  for (const token of tokens) {
    const letters = [...token]
    const known = letters.map((letter) => BYTE_OF.get(letter))
    if (known.every((byte) => byte !== undefined)) bytes.push(...known)
    else bytes.push(...encoder.encode(token.replaceAll('▁', ' ')))
  }
  return new TextDecoder().decode(Uint8Array.from(bytes))
}

/** GPT-2's letters: printable bytes stand for themselves, the others for the letters from U+0100 on. */
function buildByteTable(): Map<string, number> {
  const table = new Map<string, number>()
  let next = 256
  for (let byte = 0; byte < 256; byte += 1) {
    const isShown = (byte >= 33 && byte <= 126) || (byte >= 161 && byte !== 173)
    table.set(String.fromCharCode(isShown ? byte : next), byte)
    if (!isShown) next += 1
  }
  return table
}
