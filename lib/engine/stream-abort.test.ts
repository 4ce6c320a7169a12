import { getEventListeners } from 'node:events'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { DONE, ROLE, STOP, text } from './__fixtures__/chunk'
import { collectEvents, endOf } from './__fixtures__/collect-events'
import { sendStream, serveEngine, startStream } from './__fixtures__/serve-engine'

type Options = Parameters<typeof serveEngine>[0]
type Served = Awaited<ReturnType<typeof serveEngine>>

const opened: Served[] = []
const unhandled: unknown[] = []
const onUnhandled = (reason: unknown) => void unhandled.push(reason)
process.on('unhandledRejection', onUnhandled)

async function open(options: Options): Promise<Served> {
  const served = await serveEngine(options)
  opened.push(served)
  return served
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((served) => served.close()))
})

afterAll(() => {
  process.off('unhandledRejection', onUnhandled)
})

const REASON = new Error('stopped by the reader')

/** Where the answer stands when it is stopped. */
const MOMENTS: [string, Options['answer']][] = [
  ['before headers', () => {}],
  ['after headers', (response) => startStream(response)],
  ['after the role', (response) => startStream(response, ROLE)],
  ['in the middle of the answer', (response) => startStream(response, ROLE, text('a'), text('b'))],
  ['in the middle of an event', (response) => startStream(response, text('a'), 'data: {"ch')],
]

describe('stopping a stream', () => {
  it.each(MOMENTS)(
    'closes the socket at once and rejects with the reason: %s',
    async (_name, answer) => {
      const { stream, until, completions } = await open({ answer })
      const controller = new AbortController()
      const seen = collectEvents(stream(controller.signal))
      await until({ seen: 1, open: 1 })
      const stoppedAtMs = performance.now()
      controller.abort(REASON)
      await until({ open: 0 })
      expect((await seen).error).toBe(REASON)
      expect(performance.now() - stoppedAtMs).toBeLessThan(1000)
      expect(completions()).toHaveLength(1)
      expect(getEventListeners(controller.signal, 'abort')).toEqual([])
    },
  )

  it.each(MOMENTS)('closes the socket while nobody reads: %s', async (_name, answer) => {
    const { stream, until } = await open({ answer })
    const controller = new AbortController()
    const iterator = stream(controller.signal)[Symbol.asyncIterator]()
    await iterator.next()
    await until({ seen: 1, open: 1 })
    controller.abort(REASON)
    await until({ open: 0 })
    await expect(iterator.next()).rejects.toBe(REASON)
  })

  it.each(MOMENTS)(
    'closes the socket when memory was collected before: %s',
    async (_name, answer) => {
      setFlagsFromString('--expose-gc')
      const collect = runInNewContext('gc')
      const { stream, until } = await open({ answer })
      const controller = new AbortController()
      const seen = collectEvents(stream(controller.signal))
      await until({ seen: 1, open: 1 })
      for (let round = 0; round < 5; round += 1) {
        collect()
        await new Promise(setImmediate)
      }
      controller.abort(REASON)
      await until({ open: 0 })
      expect((await seen).error).toBe(REASON)
    },
  )

  it.each(MOMENTS.slice(1))(
    'closes the socket when the loop is left: %s',
    async (_name, answer) => {
      const { stream, until } = await open({ answer })
      const iterator = stream()[Symbol.asyncIterator]()
      await iterator.next()
      await until({ seen: 1, open: 1 })
      await iterator.return?.()
      await until({ open: 0 })
    },
  )

  it('sends nothing when the signal was aborted before', async () => {
    const { stream, seen } = await open({ answer: sendStream(DONE) })
    const collected = await collectEvents(stream(AbortSignal.abort(REASON)))
    expect([collected.error, collected.events, seen]).toEqual([REASON, [], []])
  })

  it('leaves no listener on a signal that outlives many streams', async () => {
    const { stream } = await open({ answer: sendStream(text('a'), STOP, DONE) })
    const { signal } = new AbortController()
    for (let turn = 0; turn < 50; turn += 1) {
      expect(endOf(await collectEvents(stream(signal)))).toBe('stop')
    }
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('leaves a whole answer whole when it is stopped afterwards', async () => {
    const { stream } = await open({ answer: sendStream(text('a'), STOP, DONE) })
    const controller = new AbortController()
    const seen = await collectEvents(stream(controller.signal))
    controller.abort(REASON)
    expect(endOf(seen)).toBe('stop')
  })

  it('stops 200 streams at random moments and leaves no socket behind', async () => {
    const { stream, until } = await open({
      answer: (response) => {
        startStream(response, ROLE)
        const timer = setInterval(() => response.write(text('x')), 2)
        response.on('close', () => clearInterval(timer))
      },
    })
    const ends = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const controller = new AbortController()
        const timer = setTimeout(() => controller.abort(REASON), (index * 7) % 120)
        const seen = await collectEvents(stream(controller.signal))
        clearTimeout(timer)
        return seen.error
      }),
    )
    await until({ open: 0 })
    expect(ends.every((error) => error === REASON)).toBe(true)
  })

  it('left no rejection unhandled', async () => {
    await new Promise(setImmediate)
    expect(unhandled).toEqual([])
  })
})

describe('a silent engine', () => {
  it('is given up after the silence between two tokens, comments or not', async () => {
    const { stream, until } = await open({
      stallMs: 150,
      answer: (response) => {
        startStream(response, ROLE, text('half'))
        const timer = setInterval(() => response.write(': keep-alive\n\n'), 20)
        response.on('close', () => clearInterval(timer))
      },
    })
    const seen = await collectEvents(stream())
    expect(seen).toMatchObject({
      text: 'half',
      error: { code: 'engine_stalled', details: { seconds: 1 } },
    })
    await until({ open: 0 })
  })

  it.each<[string, string, string]>([
    ['is waited for while its queue is not empty', 'vllm:num_requests_waiting 1\n', 'stop'],
    [
      'is given up when its metrics stand still',
      'vllm:num_requests_waiting 0\nvllm:num_requests_running 1\nvllm:generation_tokens_total 5\n',
      'engine_stalled',
    ],
  ])('%s before its first token', async (_name, metrics, end) => {
    const { stream, until } = await open({
      stallMs: 100,
      firstTokenMs: 300,
      other: (response) => response.writeHead(200, { 'content-type': 'text/plain' }).end(metrics),
      answer: (response) => {
        startStream(response)
        const timer = setTimeout(() => response.end(text('late') + STOP + DONE), 900)
        response.on('close', () => clearTimeout(timer))
      },
    })
    expect(endOf(await collectEvents(stream()))).toBe(end)
    await until({ open: 0 })
  })

  it('has its first-token deadline before headers too, where it has no metrics', async () => {
    const { stream, until } = await open({ stallMs: 5000, firstTokenMs: 150, answer: () => {} })
    const seen = await collectEvents(stream())
    expect([seen.events.length, endOf(seen)]).toEqual([1, 'engine_stalled'])
    await until({ open: 0 })
  })

  it('is not waited for long when all but the end was said', async () => {
    const { stream, until } = await open({
      stallMs: 100,
      answer: (response) => startStream(response, text('a'), STOP),
    })
    expect(endOf(await collectEvents(stream()))).toBe('stop')
    await until({ open: 0 })
  })

  it('is not a slow reader', async () => {
    const { stream } = await open({
      stallMs: 100,
      answer: sendStream(...Array.from({ length: 50 }, () => text('x'.repeat(4096))), STOP, DONE),
    })
    let size = 0
    let isFirst = true
    for await (const part of stream()) {
      if (part.type !== 'text-delta') continue
      size += part.delta.length
      if (isFirst) await new Promise((resolve) => setTimeout(resolve, 300))
      isFirst = false
    }
    expect(size).toBe(50 * 4096)
  })
})
