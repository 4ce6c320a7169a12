/** Turns tokens into text as they come; a character spread over several tokens comes out whole, with its last one. */
export type TokenTextDecoder = {
  push(token: number): string
  /** What is still held back, broken or not. */
  flush(): string
}

const REPLACEMENT = '\uFFFD'
/** UTF-8 has four bytes a character at most; what is broken for longer is really broken. */
const MAX_HELD_TOKENS = 4
/** Some tokenizers write a space between two tokens, depending on those before. */
const CONTEXT_TOKENS = 8

export function createTokenTextDecoder(options: {
  detokenize: (tokens: readonly number[], lastTokens: readonly number[]) => string
  promptTokens: readonly number[]
}): TokenTextDecoder {
  const { detokenize, promptTokens } = options
  let before = promptTokens.slice(-CONTEXT_TOKENS)
  let held: number[] = []
  const take = (): string => {
    const text = held.length === 0 ? '' : detokenize(held, before)
    before = [...before, ...held].slice(-CONTEXT_TOKENS)
    held = []
    return text
  }
  return {
    push(token) {
      held.push(token)
      const isBroken = detokenize(held, before).endsWith(REPLACEMENT)
      return isBroken && held.length < MAX_HELD_TOKENS ? '' : take()
    },
    flush: take,
  }
}
