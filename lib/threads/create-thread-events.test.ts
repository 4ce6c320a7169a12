import { describe, expect, it } from 'vitest'
import type { ThreadEvent } from '@/lib/domain/thread-event'
import { createThreadEvents } from './create-thread-events'

const event = (threadId: string): ThreadEvent => ({ type: 'thread-deleted', threadId })
const { signal } = new AbortController()

describe('createThreadEvents', () => {
  it('tells each listener all that comes after it began to listen, in order', async () => {
    const events = createThreadEvents()
    const first = events.subscribe(signal)
    events.publish(event('a'))
    const second = events.subscribe(signal)
    const waiting = second.next()
    events.publish(event('b'))
    expect([(await first.next()).value, (await first.next()).value]).toEqual([
      event('a'),
      event('b'),
    ])
    expect((await waiting).value).toEqual(event('b'))
  })

  it('lets go of a listener that aborts, returns or falls behind', async () => {
    const events = createThreadEvents({ maxQueue: 3 })
    const stop = new AbortController()
    const aborted = events.subscribe(stop.signal)
    const waiting = aborted.next()
    stop.abort()
    expect((await waiting).done).toBe(true)
    const returned = events.subscribe(signal)
    await returned.return?.()
    expect(events.isHeard()).toBe(false)
    const slow = events.subscribe(signal)
    for (const id of ['a', 'b', 'c', 'd']) events.publish(event(id))
    expect((await slow.next()).done).toBe(true)
    expect(events.isHeard()).toBe(false)
  })

  it('makes room for a new listener when there are too many', async () => {
    const events = createThreadEvents({ maxListeners: 2 })
    const all = [1, 2, 3].map(() => events.subscribe(signal))
    events.publish(event('a'))
    expect(await Promise.all(all.map(async (one) => (await one.next()).done))).toEqual([
      true,
      false,
      false,
    ])
  })

  it('ends for all when it is closed, and at once for who comes later', async () => {
    const events = createThreadEvents()
    const waiting = events.subscribe(signal).next()
    events.close()
    expect((await waiting).done).toBe(true)
    expect((await events.subscribe(signal).next()).done).toBe(true)
  })
})
