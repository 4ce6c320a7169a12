import { describe, expect, it } from 'vitest'
import { AppError } from '@/lib/domain/error'
import type { ThreadPage, ThreadSummary } from '@/lib/domain/thread-summary'
import { createThreadListStore } from './thread-list-store'
import type { ThreadsApi } from './threads-api'

const thread = (id: string, more: Partial<ThreadSummary> = {}): ThreadSummary => ({
  ...{ id, title: `Title ${id}`, createdAtMs: 0, updatedAtMs: 100 - id.charCodeAt(0) },
  ...{ isPinned: false, isArchived: false, isRunning: false, ...more },
})

/** A server with these threads, two a page; each call is kept, and one may be told to fail. */
function setUp(given: ThreadSummary[], { isArchived = false } = {}) {
  const kept = new Map(given.map((one) => [one.id, one]))
  const deleted = new Map<string, ThreadSummary>()
  const calls: unknown[] = []
  let fault: AppError | undefined
  let nowMs = 1_000
  const answer = <T>(call: unknown, value: () => T): T => {
    calls.push(call)
    const failing = fault
    fault = undefined
    if (failing !== undefined) throw failing
    return value()
  }
  const api: ThreadsApi = {
    listThreads: async (options) =>
      answer(['list', options.before], (): ThreadPage => {
        const all = [...kept.values()].filter((one) => one.isArchived === options.isArchived)
        const from = options.before === undefined ? 0 : Number(options.before)
        const next = from + 2 < all.length ? { next: String(from + 2) } : {}
        return { threads: all.slice(from, from + 2), ...next }
      }),
    changeThread: async ({ id, change, ifUpdatedAtMs }) =>
      answer(['change', id, change], () => {
        const before = kept.get(id) ?? thread(id)
        const changed = { ...before, ...change }
        kept.set(id, changed)
        const isOverwriting = before.updatedAtMs !== ifUpdatedAtMs
        return { thread: changed, ...(isOverwriting ? { isOverwriting } : {}) }
      }),
    deleteThread: async (id) =>
      answer(['delete', id], () => {
        deleted.set(id, kept.get(id) ?? thread(id))
        kept.delete(id)
      }),
    restoreThread: async (id) =>
      answer(['restore', id], () => {
        const back = deleted.get(id) ?? thread(id)
        kept.set(id, back)
        return back
      }),
  }
  const store = createThreadListStore({ api, isArchived, nowMs: () => nowMs })
  return {
    ...{ store, actions: store.actions, state: store.getState, calls, kept },
    idsOf: () =>
      store
        .getState()
        .threads.map(({ id }) => id)
        .join(''),
    failNext: (error = new AppError('app_unreachable')) => {
      fault = error
    },
    pass: (ms: number) => {
      nowMs += ms
    },
  }
}

describe('the list of threads', () => {
  it('loads a page at a time, to the end', async () => {
    const { actions, state, idsOf } = setUp([thread('a'), thread('b'), thread('c')])
    await actions.load()
    expect([idsOf(), state().phase, state().next]).toEqual(['ab', 'ready', '2'])
    await Promise.all([actions.loadMore(), actions.loadMore()])
    expect([idsOf(), state().next]).toEqual(['abc', undefined])
  })

  it('loads once more when it is asked for while it loads, and not twice more', async () => {
    const { actions, calls } = setUp([thread('a')])
    await Promise.all([actions.load(), actions.load(), actions.load()])
    expect(calls.length).toBeLessThanOrEqual(2)
  })

  it('says that it could not be loaded, keeps what was there, and can be asked again', async () => {
    const { actions, state, failNext, idsOf } = setUp([thread('a')])
    failNext()
    await actions.load()
    expect(state()).toMatchObject({ phase: 'failed', fault: { code: 'app_unreachable' } })
    await actions.load()
    failNext()
    await actions.load()
    expect([idsOf(), state().phase]).toEqual(['a', 'ready'])
  })

  it('can go on after a page further down failed', async () => {
    const { actions, state, failNext, idsOf } = setUp([thread('a'), thread('b'), thread('c')])
    await actions.load()
    failNext()
    await actions.loadMore()
    expect(state()).toMatchObject({ isLoadingMore: false, fault: { code: 'app_unreachable' } })
    await actions.loadMore()
    expect(idsOf()).toBe('abc')
  })
})

describe('changing a thread', () => {
  it('shows a new name at once, and the old one again when it was not taken', async () => {
    const { actions, state, failNext, calls } = setUp([thread('a')])
    await actions.load()
    failNext(new AppError('storage_failed'))
    const renaming = actions.rename({ id: 'a', title: 'New' })
    expect(state().threads[0]?.title).toBe('New')
    await renaming
    expect(state()).toMatchObject({
      threads: [{ title: 'Title a' }],
      notice: { kind: 'failed', error: { code: 'storage_failed' } },
    })
    await actions.rename({ id: 'a', title: '  ' })
    await actions.rename({ id: 'a', title: 'Title a' })
    expect(calls).toHaveLength(2)
  })

  it('pins to the top', async () => {
    const { actions, idsOf } = setUp([thread('a'), thread('b')])
    await actions.load()
    await actions.setPinned({ id: 'b', isPinned: true })
    expect(idsOf()).toBe('ba')
  })

  it('deletes with a way back', async () => {
    const { actions, state, idsOf, kept } = setUp([thread('a'), thread('b')])
    await actions.load()
    await actions.remove('a')
    expect(idsOf()).toBe('b')
    expect(state().notice).toMatchObject({ kind: 'deleted', thread: { id: 'a' } })
    await actions.undo()
    expect(idsOf()).toBe('ab')
    expect(state().notice).toBeUndefined()
    expect(kept.has('a')).toBe(true)
  })

  it('keeps what could not be deleted, and says when it could not be brought back', async () => {
    const { actions, state, idsOf, failNext } = setUp([thread('a')])
    await actions.load()
    failNext()
    await actions.remove('a')
    expect([idsOf(), state().notice?.kind]).toEqual(['a', 'failed'])
    await actions.remove('a')
    failNext(new AppError('thread_not_found'))
    await actions.undo()
    expect(state().notice).toMatchObject({ kind: 'failed', error: { code: 'thread_not_found' } })
  })

  it('archives out of the list and back by undo', async () => {
    const { actions, state, idsOf } = setUp([thread('a'), thread('b')])
    await actions.load()
    await actions.setArchived({ id: 'a', isArchived: true })
    expect([idsOf(), state().notice?.kind]).toEqual(['b', 'archived'])
    await actions.undo()
    expect(idsOf()).toBe('ab')
  })

  it('takes a thread out of the archive', async () => {
    const threads = [thread('a', { isArchived: true }), thread('b')]
    const { actions, state, idsOf } = setUp(threads, { isArchived: true })
    await actions.load()
    expect(idsOf()).toBe('a')
    await actions.setArchived({ id: 'a', isArchived: false })
    expect([idsOf(), state().notice?.kind]).toEqual(['', 'unarchived'])
  })
})

describe('two tabs that name one thread', () => {
  it('tell the one whose name took the place of a newer one', async () => {
    const { actions, state, kept } = setUp([thread('a')])
    await actions.load()
    kept.set('a', thread('a', { title: 'Theirs', updatedAtMs: 999 }))
    await actions.rename({ id: 'a', title: 'Mine' })
    expect(state().notice).toEqual({ kind: 'overwrote', title: 'Mine' })
  })

  it('tell the one whose name was replaced', async () => {
    const { actions, state, kept } = setUp([thread('a')])
    await actions.load()
    await actions.rename({ id: 'a', title: 'Mine' })
    await actions.load()
    expect(state().notice).toBeUndefined()
    kept.set('a', thread('a', { title: 'Theirs', updatedAtMs: 999 }))
    await actions.load()
    expect(state().notice).toEqual({ kind: 'renamedElsewhere', title: 'Theirs' })
  })

  it('say nothing of a name that was given long after', async () => {
    const { actions, state, kept, pass } = setUp([thread('a')])
    await actions.load()
    await actions.rename({ id: 'a', title: 'Mine' })
    pass(60_000)
    kept.set('a', thread('a', { title: 'Theirs', updatedAtMs: 999 }))
    await actions.load()
    expect(state().notice).toBeUndefined()
  })
})
