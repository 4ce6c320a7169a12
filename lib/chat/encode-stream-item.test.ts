import { parseJsonEventStream, readUIMessageStream, type UIMessage, uiMessageChunkSchema } from 'ai'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Reply } from '@/lib/domain/message'
import { createFollower } from './create-follower'
import { createReplyBuffer, type PartKind } from './create-reply-buffer'
import { encodeStreamItem, KEEP_ALIVE, STREAM_END } from './encode-stream-item'
import { toClosingChunks, toStartChunk } from './to-closing-chunks'

const ended: Reply = {
  id: 'reply',
  threadId: 'thread',
  parentId: 'question',
  role: 'assistant',
  runId: 'run',
  text: '',
  reasoning: '',
  status: 'complete',
  finishReason: 'stop',
  timing: { ttftMs: 12, e2elMs: 80 },
  createdAtMs: 1,
}

async function encode(deltas: [PartKind, string][], { after = 0, reply = ended } = {}) {
  const buffer = createReplyBuffer()
  for (const [kind, delta] of deltas) buffer.append(kind, delta)
  const follower = createFollower({
    source: {
      start: toStartChunk(reply),
      buffer,
      progress: { stage: 'generating' },
      closing: toClosingChunks(reply),
    },
    after,
  })
  let text = KEEP_ALIVE
  for await (const item of follower) text += encodeStreamItem(item)
  return text + STREAM_END
}

/** The SDK's own way from bytes to a message; any protocol error rejects. */
async function readWithSdk(encoded: string) {
  const errors: string[] = []
  const chunks = parseJsonEventStream({
    stream: new Blob([encoded]).stream(),
    schema: uiMessageChunkSchema,
  }).pipeThrough(
    new TransformStream({
      transform(parsed, controller) {
        if (!parsed.success) throw parsed.error
        controller.enqueue(parsed.value)
      },
    }),
  )
  let message: UIMessage | undefined
  const messages = readUIMessageStream({
    stream: chunks,
    onError: (error) => errors.push(String(error)),
  })
  for await (const next of messages) message = next
  const partsOf = (kind: PartKind) =>
    (message?.parts ?? [])
      .map((part) => (part.type === kind && 'text' in part ? part.text : ''))
      .join('')
  return { message, errors, text: partsOf('text'), reasoning: partsOf('reasoning') }
}

const answer: [PartKind, string][] = [
  ['reasoning', 'Denk\nnach 🤔'],
  ['text', 'Grüße, '],
  ['text', '🧑‍💻\u0000 \u2028"end"\r\n'],
]

describe('the stream, read by the AI SDK', () => {
  it('is a whole message with its metadata', async () => {
    const read = await readWithSdk(await encode(answer))
    expect(read.errors).toEqual([])
    expect(read).toMatchObject({
      reasoning: 'Denk\nnach 🤔',
      text: 'Grüße, 🧑‍💻\u0000 \u2028"end"\r\n',
      message: {
        id: 'reply',
        role: 'assistant',
        metadata: {
          runId: 'run',
          threadId: 'thread',
          parentId: 'question',
          status: 'complete',
          finishReason: 'stop',
          timing: { ttftMs: 12, e2elMs: 80 },
        },
      },
    })
  })

  it.each([
    ['stopped', {}],
    ['interrupted', { error: { code: 'engine_died' } }],
    ['failed', { error: { code: 'engine_failed', details: { status: 500 } } }],
  ] as const)('tells %s with its error and keeps the text', async (status, more) => {
    const reply: Reply = { ...ended, status, ...more }
    const read = await readWithSdk(await encode(answer, { reply }))
    expect(read.text).toBe('Grüße, 🧑‍💻\u0000 \u2028"end"\r\n')
    expect(read.message?.metadata).toMatchObject({ status, ...more })
    expect(read.errors).toEqual('error' in more ? [`Error: ${JSON.stringify(more.error)}`] : [])
  })

  it('takes reasoning and text that take turns', async () => {
    const read = await readWithSdk(
      await encode([
        ['reasoning', 'a'],
        ['text', 'b'],
        ['reasoning', 'c'],
        ['text', 'd'],
      ]),
    )
    expect(read.message?.parts.map((part) => part.type)).toEqual([
      'reasoning',
      'text',
      'reasoning',
      'text',
    ])
    expect(read.errors).toEqual([])
  })

  it('is an empty message when nothing was said', async () => {
    const read = await readWithSdk(await encode([]))
    expect(read).toMatchObject({ text: '', reasoning: '', errors: [] })
    expect(read.message?.metadata).toMatchObject({ status: 'complete' })
  })

  it('goes on at any position without a gap or a repeat, also inside a surrogate pair', async () => {
    const deltas = fc.array(
      fc.tuple(fc.constantFrom<PartKind>('text', 'reasoning'), fc.string({ unit: 'binary' })),
      { maxLength: 8 },
    )
    const check = async (pairs: [PartKind, string][]) => {
      const order = pairs.flatMap(([kind, delta]) =>
        delta.split('').map((unit): [PartKind, string] => [kind, unit]),
      )
      const unitsOf = (kind: PartKind, until: number) =>
        order
          .slice(0, until)
          .map(([of, unit]) => (of === kind ? unit : ''))
          .join('')
      for (let after = 0; after <= order.length; after += 1) {
        const read = await readWithSdk(await encode(pairs, { after }))
        expect(read.errors).toEqual([])
        for (const kind of ['text', 'reasoning'] as const) {
          expect(unitsOf(kind, after) + read[kind]).toBe(unitsOf(kind, order.length))
        }
      }
    }
    await check(answer)
    await fc.assert(fc.asyncProperty(deltas, check), { numRuns: 25 })
  })

  it('numbers each event with the position after it', async () => {
    const ids = [...(await encode(answer, { after: 3 })).matchAll(/^id: (\d+)$/gm)].map(([, id]) =>
      Number(id),
    )
    const whole = answer.map(([, delta]) => delta).join('').length
    expect(ids[0]).toBe(3)
    expect(ids.at(-1)).toBe(whole)
    expect(ids).toEqual(ids.toSorted((a, b) => a - b))
  })

  it('starts at the end for a position beyond it', async () => {
    const read = await readWithSdk(await encode(answer, { after: 10_000 }))
    expect(read).toMatchObject({ text: '', reasoning: '', errors: [] })
  })
})
