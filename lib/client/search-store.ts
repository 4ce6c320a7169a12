import { createStore, type StoreApi } from 'zustand/vanilla'
import { isAppError, type PublicError, toPublicError } from '@/lib/domain/error'
import type { SearchHit } from '@/lib/domain/search-page'
import type { SearchThreads } from './search-api'

export type SearchState = {
  query: string
  hits: SearchHit[]
  next: string | undefined
  /** The query that the hits belong to; undefined before any. */
  answered: string | undefined
  isSearching: boolean
  error: PublicError | undefined
}

export type SearchStore = StoreApi<SearchState> & {
  actions: {
    /** What is in the box; the search follows when typing pauses. */
    setQuery(query: string): void
    loadMore(): Promise<void>
    retry(): Promise<void>
    /** Nothing that is under way will be shown any more. */
    stop(): void
  }
}

const PAUSE_MS = 120

/** One search at a time: the last that was wanted. */
export function createSearchStore({
  search,
  pause = setTimeout,
}: {
  search: SearchThreads
  pause?: (run: () => void, ms: number) => unknown
}): SearchStore {
  const store = createStore<SearchState>()(() => ({
    query: '',
    hits: [],
    next: undefined,
    answered: undefined,
    isSearching: false,
    error: undefined,
  }))
  let running = new AbortController()

  async function run(before: string | undefined): Promise<void> {
    running.abort()
    const own = new AbortController()
    running = own
    const query = store.getState().query.trim()
    if (query === '') {
      store.setState({ hits: [], next: undefined, answered: undefined, isSearching: false })
      return
    }
    store.setState({ isSearching: true, error: undefined })
    try {
      const page = await search({ query, before, signal: own.signal })
      if (own.signal.aborted) return
      store.setState(({ hits }) => ({
        hits: before === undefined ? page.hits : [...hits, ...page.hits],
        next: page.next,
        answered: query,
        isSearching: false,
      }))
    } catch (error) {
      if (own.signal.aborted) return
      if (!isAppError(error)) throw error
      store.setState({ isSearching: false, error: toPublicError(error) })
    }
  }

  return {
    ...store,
    actions: {
      setQuery(query) {
        store.setState({ query })
        pause(() => {
          if (store.getState().query === query) void run(undefined)
        }, PAUSE_MS)
      },
      async loadMore() {
        const { next, isSearching } = store.getState()
        if (next !== undefined && !isSearching) await run(next)
      },
      retry: () => run(undefined),
      stop: () => running.abort(),
    },
  }
}
