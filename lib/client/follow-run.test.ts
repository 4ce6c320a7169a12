import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError, isAppError } from '@/lib/domain/error'
import { buildFrames, encodeFrames, toStreamResponse } from './__fixtures__/fake-server'
import { type FollowEvent, followRun } from './follow-run'
import { readEventStream } from './read-event-stream'

const reasoning = ['Let me', ' think 🦊.']
const pieces = ['Prefix ', 'caching ', 'reuses ', 'KV ', 'blocks: ', '你好', ' 🙂', '!']
const whole = { reasoning: reasoning.join(''), text: pieces.join('') }

function openAt({ after, bytes }: { after: number; bytes: number }) {
  const all = encodeFrames(buildFrames({ runId: 'run', pieces, reasoning, after }))
  const { body } = toStreamResponse([all.slice(0, bytes)], { end: 'break' })
  return readEventStream(body ?? new ReadableStream())
}

async function collect(events: AsyncIterable<FollowEvent>) {
  const seen = { reasoning: '', text: '', finished: 0, connections: [] as string[] }
  for await (const event of events) {
    if (event.type === 'connection') seen.connections.push(event.connection)
    else if (event.chunk.type === 'text-delta') seen.text += event.chunk.delta
    else if (event.chunk.type === 'reasoning-delta') seen.reasoning += event.chunk.delta
    else if (event.chunk.type === 'finish') seen.finished += 1
  }
  return seen
}

const signal = new AbortController().signal
const noSleep = async () => {}

describe('followRun', () => {
  it('loses and repeats nothing when the connection breaks at any byte', async () => {
    const total = encodeFrames(buildFrames({ runId: 'run', pieces, reasoning })).length
    for (let bytes = 0; bytes <= total; bytes += 1) {
      const events = followRun({
        open: async () => openAt({ after: 0, bytes }),
        join: async (after) => openAt({ after, bytes: Number.POSITIVE_INFINITY }),
        position: 0,
        signal,
        sleep: noSleep,
      })
      const seen = await collect(events)
      expect({ bytes, ...seen }).toMatchObject({ bytes, ...whole, finished: 1 })
    }
  })

  it('loses and repeats nothing over any series of broken connections', async () => {
    const cuts = fc.array(fc.nat({ max: 1500 }), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(cuts, fc.nat({ max: 20 }), async (bytes, overlap) => {
        const left = [...bytes]
        const next = () => left.shift() ?? Number.POSITIVE_INFINITY
        const events = followRun({
          open: async () => openAt({ after: 0, bytes: next() }),
          join: async (after) => openAt({ after: Math.max(0, after - overlap), bytes: next() }),
          position: 0,
          signal,
          sleep: noSleep,
        })
        expect(await collect(events)).toMatchObject({ ...whole, finished: 1 })
      }),
    )
  })

  it('asks again from its last character when a stream leaves a gap', async () => {
    const asked: number[] = []
    const events = followRun({
      open: async () => openAt({ after: 9, bytes: Number.POSITIVE_INFINITY }),
      join: async (after) => {
        asked.push(after)
        return openAt({ after, bytes: Number.POSITIVE_INFINITY })
      },
      position: 4,
      signal,
      sleep: noSleep,
    })
    const seen = await collect(events)
    expect(asked).toEqual([4])
    expect(seen.reasoning).toBe(whole.reasoning.slice(4))
    expect(seen.text).toBe(whole.text)
  })

  it('waits longer from join to join, up to 5 s, and gives up after its last attempt', async () => {
    const delays: number[] = []
    const events = followRun({
      open: async () => openAt({ after: 0, bytes: 0 }),
      join: async () => {
        throw new AppError('app_unreachable')
      },
      position: 0,
      signal,
      sleep: async (delayMs) => void delays.push(delayMs),
      maxAttempts: 7,
    })
    const error = await collect(events).catch((e) => e)
    expect(isAppError(error) && error.code).toBe('app_unreachable')
    expect(delays).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000])
  })

  it('says so while it joins again', async () => {
    const events = followRun({
      open: async () => openAt({ after: 0, bytes: 700 }),
      join: async (after) => openAt({ after, bytes: Number.POSITIVE_INFINITY }),
      position: 0,
      signal,
      sleep: noSleep,
    })
    expect((await collect(events)).connections).toEqual(['open', 'rejoining', 'open'])
  })

  it.each(['run_not_found', 'host_not_allowed'] as const)(
    'does not ask again after %s',
    async (code) => {
      let joins = 0
      const events = followRun({
        open: async () => openAt({ after: 0, bytes: 0 }),
        join: async () => {
          joins += 1
          throw new AppError(code)
        },
        position: 0,
        signal,
        sleep: noSleep,
      })
      const error = await collect(events).catch((e) => e)
      expect(isAppError(error) && error.code).toBe(code)
      expect(joins).toBe(1)
    },
  )

  it('ends quietly when it is aborted while it waits to join', async () => {
    const controller = new AbortController()
    const events = followRun({
      open: async () => openAt({ after: 0, bytes: 0 }),
      join: async () => openAt({ after: 0, bytes: Number.POSITIVE_INFINITY }),
      position: 0,
      signal: controller.signal,
      sleep: async () => controller.abort(),
    })
    expect(await collect(events)).toMatchObject({ text: '', finished: 0 })
  })
})
