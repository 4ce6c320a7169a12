import { describe, expect, it } from 'vitest'
import type { StreamItem } from '@/lib/chat/encode-stream-item'
import { AppError } from '@/lib/domain/error'
import { toEventStream } from './event-stream'

const START: StreamItem = {
  id: 0,
  chunk: {
    type: 'start',
    messageId: 'm',
    messageMetadata: { runId: 'r', threadId: 't', parentId: 'q' },
  },
}
const DELTA: StreamItem = { id: 2, chunk: { type: 'text-delta', id: '0', delta: 'ab' } }
const FINISH: StreamItem = {
  id: 2,
  chunk: { type: 'finish', messageMetadata: { status: 'complete' } },
}

/** Counts what is taken from it and whether it was let go. */
function source(items: StreamItem[], { staysOpen = false } = {}) {
  const state = { taken: 0, isReturned: false }
  const iterator: AsyncIterableIterator<StreamItem> = {
    async next() {
      const value = items[state.taken]
      if (value === undefined && staysOpen) return await new Promise(() => {})
      if (value === undefined) return { value: undefined, done: true }
      state.taken += 1
      return { value, done: false }
    },
    async return() {
      state.isReturned = true
      return { value: undefined, done: true }
    },
    [Symbol.asyncIterator]: () => iterator,
  }
  return { iterator, state }
}

describe('toEventStream', () => {
  it('is a stream of numbered events that ends with [DONE], with the headers that keep it flowing', async () => {
    const response = await toEventStream(source([START, DELTA, FINISH]).iterator)
    expect(Object.fromEntries(response.headers)).toEqual({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-store, no-transform',
      'content-encoding': 'none',
      'x-accel-buffering': 'no',
      'x-vercel-ai-ui-message-stream': 'v1',
    })
    const text = await response.text()
    expect(text.split('\n\n').map((event) => event.split('\n')[0])).toEqual([
      'id: 0',
      'id: 2',
      'id: 2',
      'data: [DONE]',
      '',
    ])
  })

  it('closes without [DONE] when the run goes on without this reader', async () => {
    const response = await toEventStream(source([START, DELTA]).iterator)
    expect(await response.text()).not.toContain('[DONE]')
  })

  it('takes nothing that nobody reads', async () => {
    const { iterator, state } = source(Array.from({ length: 100 }, () => DELTA))
    const response = await toEventStream(iterator)
    const reader = response.body?.getReader()
    await reader?.read()
    await reader?.read()
    await new Promise((resolve) => setImmediate(resolve))
    expect(state.taken).toBe(2)
    await reader?.cancel()
  })

  it('lets go of the run when the connection closes, also while it waits', async () => {
    const { iterator, state } = source([START], { staysOpen: true })
    const reader = (await toEventStream(iterator)).body?.getReader()
    await reader?.read()
    const waiting = reader?.read()
    await reader?.cancel()
    await waiting
    expect(state.isReturned).toBe(true)
  })

  it('says now and then that it lives while there is nothing to say', async () => {
    const { iterator } = source([START], { staysOpen: true })
    const reader = (await toEventStream(iterator, { keepAliveMs: 5 })).body?.getReader()
    await reader?.read()
    const { value } = (await reader?.read()) ?? {}
    expect(new TextDecoder().decode(value)).toBe(': keep-alive\n\n')
    await reader?.cancel()
  })

  it('writes in one piece what is there already, and no more than that', async () => {
    const items = [START, DELTA, DELTA, FINISH]
    const { iterator, state } = source(items)
    const takeReady = () => (state.taken < 3 ? items[state.taken++] : undefined)
    const response = await toEventStream(Object.assign(iterator, { takeReady }))
    const reader = response.body?.getReader()
    const texts: string[] = []
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true }
      if (done) break
      texts.push(new TextDecoder().decode(value))
    }
    expect(texts.map((text) => text.match(/"type":"[a-z-]+"|\[DONE\]/g))).toEqual([
      ['"type":"start"', '"type":"text-delta"', '"type":"text-delta"'],
      ['"type":"finish"'],
      ['[DONE]'],
    ])
  })

  it('writes a long backlog in pieces', async () => {
    const long: StreamItem = {
      id: 2,
      chunk: { type: 'text-delta', id: '0', delta: 'x'.repeat(16_384) },
    }
    const { iterator, state } = source([START], { staysOpen: true })
    const takeReady = () => {
      state.taken += 1
      return long
    }
    const response = await toEventStream(Object.assign(iterator, { takeReady }))
    const reader = response.body?.getReader()
    const { value } = (await reader?.read()) ?? {}
    expect(value?.length).toBeGreaterThan(65_536)
    expect(value?.length).toBeLessThan(2 * 65_536)
    await reader?.cancel()
  })

  it('says nothing more once following the run has failed', async () => {
    const items: AsyncIterable<StreamItem> = {
      [Symbol.asyncIterator]() {
        let taken = 0
        return {
          async next() {
            taken += 1
            if (taken > 1) throw new AppError('storage_failed')
            return { value: START, done: false }
          },
        }
      },
    }
    const response = await toEventStream(items, { keepAliveMs: 1 })
    const reader = response.body?.getReader()
    await reader?.read()
    await expect(reader?.read()).rejects.toMatchObject({ code: 'storage_failed' })
    // A keep-alive into a stream that has failed would throw in a timer.
    await new Promise((resolve) => setTimeout(resolve, 10))
  })

  it('rejects before any header when there is no such run', async () => {
    const missing: AsyncIterable<StreamItem> = {
      [Symbol.asyncIterator]: () => ({
        next: async () => {
          throw new AppError('run_not_found')
        },
      }),
    }
    await expect(toEventStream(missing)).rejects.toMatchObject({ code: 'run_not_found' })
  })
})
