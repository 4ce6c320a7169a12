import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ChatTurn, formatTokenString, tokenizeChat, tokenizeText } from './tokenizer.ts'

const text = fc.string({ unit: 'grapheme', maxLength: 60 })
const turn = fc.record({ role: fc.constantFrom('user', 'assistant'), content: text })
const ids = (options: { messages: ChatTurn[]; addGenerationPrompt: boolean }) =>
  tokenizeChat(options).map((token) => token.id)

describe('the tokenizer', () => {
  it('gives the text back when its tokens are joined', () => {
    fc.assert(
      fc.property(text, (input) => {
        expect(
          tokenizeText(input)
            .map((token) => token.text)
            .join(''),
        ).toBe(input)
      }),
    )
  })

  it('makes every earlier turn, its answer included, a prefix of the next prompt', () => {
    fc.assert(
      fc.property(fc.array(turn, { minLength: 1 }), text, turn, (messages, answer, next) => {
        const prompt = ids({ messages, addGenerationPrompt: true })
        const written = [...prompt, ...tokenizeText(answer).map((token) => token.id)]
        const later = [...messages, { role: 'assistant', content: answer }, next]
        const nextPrompt = ids({ messages: later, addGenerationPrompt: true })
        expect(nextPrompt.slice(0, written.length)).toEqual(written)
      }),
    )
  })

  it('counts words and punctuation about as a real one does', () => {
    const sentence = 'The quick brown fox jumps over the lazy dog, again and again.'
    expect(tokenizeText(sentence)).toHaveLength(14)
    expect(tokenizeText('你好世界')).toHaveLength(4)
  })

  it('renders the template of Qwen', () => {
    const messages = [{ role: 'user', content: 'Hi' }]
    const tokens = tokenizeChat({ messages, addGenerationPrompt: true })
    expect(tokens.map((token) => token.text).join('')).toBe(
      '<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n',
    )
  })

  it.each([
    [' are', 'Ġare'],
    ['\n', 'Ċ'],
    ['é', 'Ã©'],
    ['<|im_end|>', '<|im_end|>'],
  ])('shows %j as %s', (input, shown) => {
    const token = tokenizeText(input)[0] ?? { id: 0, text: '' }
    const named = input.startsWith('<|') ? { id: 151_645, text: input } : token
    expect(formatTokenString(named)).toBe(shown)
  })
})
