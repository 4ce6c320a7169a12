import { describe, expect, it } from 'vitest'
import { AppError } from '@/lib/domain/error'
import type { SearchHit, SearchPage } from '@/lib/domain/search-page'
import { createSearchStore } from './search-store'

const hit = (threadId: string): SearchHit => ({
  ...{ threadId, threadTitle: threadId, createdAtMs: 1, snippet: [{ text: 'x', isHit: true }] },
})

function setUp() {
  const asked: {
    query: string
    before: string | undefined
    signal: AbortSignal
    answer: (page: SearchPage) => void
    fail: (error: AppError) => void
  }[] = []
  const pauses: (() => void)[] = []
  const store = createSearchStore({
    pause: (run) => pauses.push(run),
    search: ({ query, before, signal }) => {
      const { promise, resolve, reject } = Promise.withResolvers<SearchPage>()
      asked.push({ query, before, signal, answer: resolve, fail: reject })
      return promise
    },
  })
  const type = (query: string) => {
    store.actions.setQuery(query)
    for (const run of pauses.splice(0)) run()
  }
  const settle = () => new Promise((resolve) => setImmediate(resolve))
  return { store, actions: store.actions, state: store.getState, asked, pauses, type, settle }
}

describe('the search', () => {
  it('asks once typing pauses, for what then stands in the box', () => {
    const { actions, pauses, asked } = setUp()
    for (const query of ['k', 'kv', 'kv ']) actions.setQuery(query)
    for (const run of pauses.splice(0)) run()
    expect(asked.map(({ query }) => query)).toEqual(['kv'])
  })

  it('shows the hits of the last query alone, however late an earlier one is answered', async () => {
    const { type, state, asked, settle } = setUp()
    type('kv')
    type('kv cache')
    expect(asked[0]?.signal.aborted).toBe(true)
    asked[1]?.answer({ hits: [hit('b')] })
    await settle()
    asked[0]?.answer({ hits: [hit('a')] })
    await settle()
    expect(state()).toMatchObject({ hits: [{ threadId: 'b' }], answered: 'kv cache' })
  })

  it('goes on page by page', async () => {
    const { type, actions, state, asked, settle } = setUp()
    type('kv')
    asked[0]?.answer({ hits: [hit('a')], next: 'x' })
    await settle()
    void actions.loadMore()
    void actions.loadMore()
    expect(asked).toHaveLength(2)
    expect(asked[1]?.before).toBe('x')
    asked[1]?.answer({ hits: [hit('b')] })
    await settle()
    expect(state().hits.map(({ threadId }) => threadId)).toEqual(['a', 'b'])
    void actions.loadMore()
    expect(asked).toHaveLength(2)
  })

  it('forgets its hits with the last letter', async () => {
    const { type, state, asked, settle } = setUp()
    type('kv')
    asked[0]?.answer({ hits: [hit('a')] })
    await settle()
    type('  ')
    expect(state()).toMatchObject({ hits: [], answered: undefined, isSearching: false })
    expect(asked).toHaveLength(1)
  })

  it('says what failed and can be tried again', async () => {
    const { type, actions, state, asked, settle } = setUp()
    type('kv')
    asked[0]?.fail(new AppError('app_unreachable'))
    await settle()
    expect(state()).toMatchObject({ isSearching: false, error: { code: 'app_unreachable' } })
    void actions.retry()
    asked[1]?.answer({ hits: [] })
    await settle()
    expect(state()).toMatchObject({ error: undefined, answered: 'kv', hits: [] })
  })
})
