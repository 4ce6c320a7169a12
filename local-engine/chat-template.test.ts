import { describe, expect, it } from 'vitest'
import { createChatTemplate } from './chat-template.ts'
import { WireFault } from './wire-fault.ts'

type Values = { messages: { role: string; content: string }[]; add_generation_prompt: boolean }

/** Stands in for the Jinja package: the source names how a turn is written. */
class FakeTemplate {
  readonly source: string

  constructor(source: string) {
    this.source = source
  }

  render(values: Record<string, unknown>): string {
    if (this.source === 'broken') throw new Error('Unexpected token')
    const { messages, add_generation_prompt: isOpen } = values as Values
    const turns = messages.map(({ role, content }) => {
      const text = this.source === 'drops' && role === 'assistant' ? '' : content
      return `<${role}>${text}</${role}>`
    })
    return turns.join('') + (isOpen ? '<assistant>' : '')
  }
}

const create = (source: string) =>
  createChatTemplate({ jinja: { Template: FakeTemplate }, source, bosToken: '', eosToken: '' })

const QUESTION = { role: 'user', content: 'Hi' }
const ANSWER = { role: 'assistant', content: 'Hello ' }

describe('a template', () => {
  it('makes each turn the beginning of the next', () => {
    const { render } = create('plain')
    const open = { addGenerationPrompt: true, continueFinalMessage: false }
    const first = render({ messages: [QUESTION], ...open })
    const second = render({ messages: [QUESTION, ANSWER, QUESTION], ...open })
    expect(second.startsWith(first + ANSWER.content)).toBe(true)
  })

  it('ends in the middle of the last message when that is to be continued, spaces included', () => {
    const text = create('plain').render({
      messages: [QUESTION, ANSWER],
      addGenerationPrompt: false,
      continueFinalMessage: true,
    })
    expect(text).toBe('<user>Hi</user><assistant>Hello ')
  })

  it.each(['drops', 'broken'])('that %s is refused as a bad request', (source) => {
    const render = () =>
      create(source).render({
        messages: [QUESTION, ANSWER],
        addGenerationPrompt: false,
        continueFinalMessage: true,
      })
    expect(render).toThrow(WireFault)
    expect(render).toThrow(expect.objectContaining({ status: 400 }))
  })
})
