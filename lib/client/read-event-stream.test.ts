import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isAppError } from '@/lib/domain/error'
import {
  buildFrames,
  encodeFrames,
  openStreamResponse,
  toStreamResponse,
} from './__fixtures__/fake-server'
import { readEventStream, type StreamEvent } from './read-event-stream'

const frames = buildFrames({
  runId: 'run',
  reasoning: ['Hm, '],
  pieces: ['Grüße ', '🦊 ', '你好\n\n', '{"data": 1}\r\n', ''],
})
const bytes = encodeFrames(frames)
const expected = frames.filter((frame) => frame !== '[DONE]')

async function readAll(pieces: Uint8Array[]): Promise<StreamEvent[]> {
  const { body } = toStreamResponse(pieces)
  if (body === null) throw new Error('no body')
  return Array.fromAsync(readEventStream(body))
}

function cutAt(cuts: number[]): Uint8Array[] {
  const marks = [0, ...[...cuts].sort((a, b) => a - b), bytes.length]
  return marks.slice(1).map((mark, index) => bytes.slice(marks[index], mark))
}

describe('readEventStream', () => {
  it('gives the same events wherever the body is cut in two', async () => {
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      expect(await readAll(cutAt([cut]))).toEqual(expected)
    }
  })

  it('gives the same events byte by byte', async () => {
    expect(await readAll(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(expected)
  })

  it('gives the same events for any set of cuts', async () => {
    const cuts = fc.array(fc.nat({ max: bytes.length }), { maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(cuts, async (at) => {
        expect(await readAll(cutAt(at))).toEqual(expected)
      }),
    )
  })

  it('skips comments that keep the connection alive', async () => {
    const alive = new TextEncoder().encode(': keep-alive\n\n')
    expect(await readAll([alive, bytes.slice(0, 60), bytes.slice(60)])).toEqual(expected)
  })

  it.each([
    ['ends before its end mark', () => toStreamResponse([bytes.slice(0, -20)])],
    ['breaks', () => toStreamResponse([bytes.slice(0, 200)], { end: 'break' })],
    ['holds what is no chunk', () => toStreamResponse([new TextEncoder().encode('data: 7\n\n')])],
    ['holds broken JSON', () => toStreamResponse([new TextEncoder().encode('data: {"a\n\n')])],
  ])('throws app_unreachable when the body %s', async (_, open) => {
    const { body } = open()
    const error = await Array.fromAsync(readEventStream(body ?? new ReadableStream())).catch(
      (e) => e,
    )
    expect(isAppError(error) && error.code).toBe('app_unreachable')
  })

  it('cancels the body when its reader leaves', async () => {
    const stream = openStreamResponse()
    stream.push(frames.slice(0, 2))
    for await (const event of readEventStream(stream.response.body ?? new ReadableStream())) {
      expect(event).toEqual(expected[0])
      break
    }
    expect(stream.isCancelled()).toBe(true)
  })
})
