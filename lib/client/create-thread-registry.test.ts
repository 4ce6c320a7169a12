import { describe, expect, it } from 'vitest'
import { createThreadRegistry } from './create-thread-registry'

describe('createThreadRegistry', () => {
  it('keeps one fresh thread until it has begun', () => {
    const registry = createThreadRegistry()
    const first = registry.fresh({ draft: 'Hi' })
    expect(first.getState().draft).toBe('Hi')
    expect(registry.fresh({ draft: 'other' })).toBe(first)
    const { threadId } = first.getState()
    registry.begin(threadId)
    expect(registry.fresh({})).not.toBe(first)
    expect(registry.get(threadId)).toBe(first)
  })

  it('does not take another thread for the fresh one', () => {
    const registry = createThreadRegistry()
    const fresh = registry.fresh({})
    registry.begin('another')
    expect(registry.fresh({})).toBe(fresh)
  })

  it('gives back the thread that it holds, with the stream that may run in it', () => {
    const registry = createThreadRegistry()
    const first = registry.open({ threadId: 'a', messages: [] })
    const again = registry.open({ threadId: 'a', messages: [] })
    expect(first.isNew).toBe(true)
    expect(again).toEqual({ store: first.store, isNew: false })
    expect(registry.get('b')).toBeUndefined()
  })
})
