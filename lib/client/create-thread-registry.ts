import { createId } from './create-id'
import { createThreadStore, type ThreadStore } from './create-thread-store'
import type { ThreadStart } from './thread-state'

/** The threads that this page has opened: a stream goes on when the reader looks elsewhere. */
export type ThreadRegistry = {
  /** The thread that has not begun: the same one until `begin` was told of it. */
  fresh(options: { draft?: string | undefined }): ThreadStore
  /** The fresh thread has its first question and its own address. */
  begin(threadId: string): void
  get(threadId: string): ThreadStore | undefined
  all(): ThreadStore[]
  /** What this page already holds wins over what is given. */
  open(options: ThreadStart): {
    store: ThreadStore
    isNew: boolean
  }
}

export function createThreadRegistry({
  createStore = createThreadStore,
}: {
  createStore?: typeof createThreadStore
} = {}): ThreadRegistry {
  const stores = new Map<string, ThreadStore>()
  let fresh: ThreadStore | undefined

  const add = (options: Parameters<typeof createThreadStore>[0]) => {
    const store = createStore(options)
    stores.set(options.threadId, store)
    return store
  }
  return {
    fresh({ draft = '' }) {
      fresh ??= add({ threadId: createId(), draft })
      return fresh
    },
    begin(threadId) {
      if (fresh?.getState().threadId === threadId) fresh = undefined
    },
    get: (threadId) => stores.get(threadId),
    all: () => [...stores.values()],
    open(options) {
      const known = stores.get(options.threadId)
      if (known !== undefined) return { store: known, isNew: false }
      return { store: add(options), isNew: true }
    },
  }
}
