import { describe, expect, it } from 'vitest'
import { DONE, ROLE, STOP, text } from './__fixtures__/chunk'
import { createCompletionCall } from './create-completion-call'
import { createMergedBody, toHoldMs } from './create-merged-body'

/** An engine's stream that is written by hand, and the merged one read beside it. */
function open(active: number) {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
  const writer = writable.getWriter()
  const call = createCompletionCall({
    signal: new AbortController().signal,
    now: () => performance.now(),
    stallMs: 10_000,
  })
  const body = createMergedBody({
    body: readable.getReader(),
    call,
    load: { active },
    limits: {},
    now: () => performance.now(),
  })
  const decoder = new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>
  const reader = body.pipeThrough(decoder).getReader()
  return {
    call,
    write: (...events: string[]) => writer.write(Buffer.from(events.join(''))),
    /** The deltas of the next chunk that comes out, and how long it took. */
    async next() {
      const startedAtMs = performance.now()
      const { done, value } = await reader.read()
      if (done) return { deltas: 'end', tookMs: 0 }
      const deltas = value
        .split('\n\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line.slice('data: '.length)).choices[0]?.delta?.content ?? '.')
      return { deltas: deltas.join('|'), tookMs: performance.now() - startedAtMs }
    },
  }
}

describe('toHoldMs', () => {
  it.each([
    [0, 0],
    [1, 0],
    [8, 0],
    [9, 1],
    [28, 20],
    [44, 36],
    [200, 36],
    [100_000, 36],
  ])('is, with %i streams, %i ms', (active, holdMs) => {
    expect(toHoldMs({ active })).toBe(holdMs)
  })
})

describe('createMergedBody', () => {
  it('joins what came in one read, and stamps each piece', async () => {
    const { write, next, call } = open(1)
    void write(ROLE, text('a'), text('b'), text('c'))
    expect((await next()).deltas).toBe('abc')
    expect(call.arrivalsMs).toEqual([[expect.any(Number), expect.any(Number), expect.any(Number)]])
  })

  it('holds nothing with 8 streams', async () => {
    const { write, next } = open(8)
    for (const piece of ['a', 'b', 'c']) {
      void write(text(piece))
      expect((await next()).deltas).toBe(piece)
    }
  })

  it('never holds the first delta, and joins those that follow within 36 ms', async () => {
    const { write, next, call } = open(500)
    void write(ROLE)
    void write(text('a'))
    void write(text('b'))
    void write(text('c'))
    const first = await next()
    const second = next()
    expect([first.deltas, (await second).deltas]).toEqual(['a', 'bc'])
    const [, held = []] = call.arrivalsMs
    expect(held).toHaveLength(2)
    expect((await second).tookMs).toBeGreaterThan(30)
  })

  it('stamps a held piece when it came, not when it went on', async () => {
    const { write, next, call } = open(500)
    void write(text('a'))
    await next()
    const second = next()
    const writtenAtMs = performance.now()
    void write(text('b'))
    const { tookMs } = await second
    const atMs = call.arrivalsMs[1]?.[0] ?? 0
    expect(atMs - writtenAtMs).toBeLessThan(tookMs / 2)
  })

  it('does not hold back the end', async () => {
    const { write, next } = open(500)
    void write(text('a'))
    await next()
    void write(text('b'))
    void write(STOP)
    void write(DONE)
    const last = await next()
    expect(last.deltas).toBe('b|.')
    expect(last.tookMs).toBeLessThan(40)
    expect((await next()).deltas).toBe('end')
  })
})
