import type { LoadedModel } from '../load-model.ts'
import type { LlamaSampling, LlamaSequence } from '../llama-module.ts'

const START = 256
const END = 257
const MARKS = new Map([
  ['<|im_start|>', START],
  ['<|im_end|>', END],
])

/** UTF-8 bytes are the tokens, with ChatML's two marks: the decoder and the cache have real work. */
export function encode(text: string): number[] {
  return text.split(/(<\|im_start\|>|<\|im_end\|>)/).flatMap((part) => {
    const mark = MARKS.get(part)
    return mark === undefined ? [...Buffer.from(part, 'utf8')] : [mark]
  })
}

export function decode(tokens: readonly number[]): string {
  return Buffer.from(tokens.filter((token) => token < 256)).toString('utf8')
}

export type FakeSequence = LlamaSequence & {
  held: number[]
  /** Every token that was really computed, piece by piece. */
  computed: number[][]
  samplings: LlamaSampling[]
}

/**
 * Says `reply` (then ends its turn) after each prompt. `beforeToken` is awaited before each token,
 * `beforePiece` before each piece of a prompt.
 */
export function createFakeModel(options: {
  reply: string
  maxModelLen?: number
  beforeToken?: (index: number) => Promise<void>
  beforePiece?: () => Promise<void>
}): { loaded: LoadedModel; sequence: FakeSequence } {
  const { reply, maxModelLen = 2000, beforeToken, beforePiece } = options
  const sequence: FakeSequence = {
    held: [],
    computed: [],
    samplings: [],
    get nextTokenIndex() {
      return this.held.length
    },
    async adaptStateToTokens(tokens) {
      const differs = this.held.findIndex((token, index) => token !== tokens[index])
      if (differs >= 0) this.held.length = differs
    },
    async clearHistory() {
      this.held = []
    },
    async evaluateWithoutGeneratingNewTokens(tokens) {
      await beforePiece?.()
      this.computed.push([...tokens])
      this.held.push(...tokens)
    },
    async *evaluate(tokens, sampling) {
      this.samplings.push(sampling)
      let next = [...tokens]
      for (const [index, token] of [...encode(reply), END].entries()) {
        await beforeToken?.(index)
        this.computed.push(next)
        this.held.push(...next)
        yield token
        next = [token]
      }
    },
  }
  const loaded: LoadedModel = {
    module: {
      getLlama: () => Promise.reject(new Error('not used')),
      TokenBias: { for: () => ({ set: () => undefined }) },
    },
    model: {
      trainContextSize: maxModelLen,
      tokens: { bosString: null, eosString: '<|im_end|>', bos: null, shouldPrependBosToken: false },
      fileInfo: {},
      tokenize: encode,
      detokenize: decode,
      isEogToken: (token) => token === END,
      createContext: () => Promise.reject(new Error('not used')),
    },
    sequence,
    template: {
      render: ({ messages, addGenerationPrompt }) => {
        const turns = messages.map(
          ({ role, content }) => `<|im_start|>${role}\n${content}<|im_end|>\n`,
        )
        return turns.join('') + (addGenerationPrompt ? '<|im_start|>assistant\n' : '')
      },
    },
    maxModelLen,
  }
  return { loaded, sequence }
}
