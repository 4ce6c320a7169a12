import { describe, expect, it } from 'vitest'
import type { BatchReading } from '@/lib/domain/batch'
import { collectEntries, summarizeEntries } from './__fixtures__/collect-entries'
import { writeRequest } from './__fixtures__/write-request'

const OPENAI: BatchReading = { format: 'openai' }

async function read(input: string): Promise<string[]> {
  return summarizeEntries(await collectEntries({ input, reading: OPENAI }))
}

describe('OpenAI batch', () => {
  it('takes the whole request: id, model, messages and sampling', async () => {
    const messages = [
      { role: 'system', content: 's' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
    ]
    const body = {
      messages,
      max_tokens: 7,
      temperature: 0,
      stop: 'x',
      top_k: 5,
      stream: false,
      n: 1,
    }
    const entries = await collectEntries({ input: writeRequest({}, body), reading: OPENAI })
    expect(entries).toEqual([
      {
        kind: 'row',
        row: {
          index: 0,
          line: 1,
          customId: 'r1',
          messages: [messages[0], { role: 'user', content: 'ab' }],
          isVerbatim: true,
          sampling: { maxTokens: 7, temperature: 0, stop: ['x'], topK: 5 },
          model: 'm',
        },
      },
    ])
  })

  it.each([
    ['no id', { custom_id: undefined }, {}, 'no-custom-id'],
    ['an empty id', { custom_id: '' }, {}, 'no-custom-id'],
    ['another method', { method: 'GET' }, {}, 'wrong-method'],
    ['another endpoint', { url: '/v1/embeddings' }, {}, 'wrong-url'],
    ['no body', { body: 'x' }, {}, 'no-body'],
    ['no messages', {}, { messages: [] }, 'bad-messages'],
    [
      'a picture',
      {},
      { messages: [{ role: 'user', content: [{ type: 'image_url' }] }] },
      'bad-messages',
    ],
    ['an unknown role', {}, { messages: [{ role: 'tool', content: 'a' }] }, 'bad-messages'],
    [
      'a second system message',
      {},
      {
        messages: [
          { role: 'user', content: 'a' },
          { role: 'system', content: 'a' },
        ],
      },
      'bad-messages',
    ],
    ['tools', {}, { tools: [] }, 'unsupported-field'],
    ['several answers', {}, { n: 2 }, 'unsupported-field'],
    ['a field of every object', {}, { constructor: 1 }, 'unsupported-field'],
    ['a value out of range', {}, { temperature: 3 }, 'bad-value'],
    ['a number as text', {}, { max_tokens: '5' }, 'bad-value'],
    ['stops of another kind', {}, { stop: [1] }, 'bad-value'],
  ])('refuses %s', async (_, more, body, reason) => {
    expect(await read(writeRequest(more, body))).toEqual([`1! ${reason}`])
  })

  it('refuses an id that was there before', async () => {
    const input = [writeRequest(), writeRequest({ custom_id: 'r2' }), writeRequest()].join('\n')
    expect(await read(input)).toEqual(['1: a', '2: a', '3! duplicate-custom-id'])
  })
})
