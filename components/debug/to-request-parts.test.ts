import { describe, expect, it } from 'vitest'
import { toRequestParts } from './to-request-parts'

describe('toRequestParts', () => {
  it.each<[string, Record<string, unknown>, ReturnType<typeof toRequestParts>]>([
    [
      'a chat',
      {
        model: 'm',
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'Why?\n' },
        ],
        stream: true,
        stream_options: { include_usage: true },
      },
      {
        messages: [
          { role: 'system', text: 'Be brief.' },
          { role: 'user', text: 'Why?\n' },
        ],
        parameters: [
          ['model', 'm'],
          ['stream', 'true'],
          ['stream_options', '{"include_usage":true}'],
        ],
      },
    ],
    [
      'content in parts and fields of its own',
      { messages: [{ role: 'user', content: [{ type: 'text', text: 'a' }], name: 'n' }] },
      {
        messages: [{ role: 'user', text: '[{"type":"text","text":"a"}]\n{"name":"n"}' }],
        parameters: [],
      },
    ],
    ['no messages', { prompt: 'a' }, { messages: [], parameters: [['prompt', 'a']] }],
    [
      'what is no message',
      { messages: ['a', null] },
      {
        messages: [
          { role: '', text: 'a' },
          { role: '', text: 'null' },
        ],
        parameters: [],
      },
    ],
  ])('reads %s', (_, body, expected) => {
    expect(toRequestParts(body)).toEqual(expected)
  })
})
