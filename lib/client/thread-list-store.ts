import { createStore, type StoreApi } from 'zustand/vanilla'
import { isAppError, type PublicError, toPublicError } from '@/lib/domain/error'
import type { ThreadSummary } from '@/lib/domain/thread-summary'
import { appendPage, mergeFirstPage, putThread } from './merge-thread-page'
import type { FeedEvent } from './thread-feed'
import type { ThreadChange, ThreadsApi } from './threads-api'

/** What the reader is told of a change, for a while. */
export type ThreadNotice =
  | { kind: 'deleted' | 'archived' | 'unarchived'; thread: ThreadSummary }
  /** Another tab gave another name after this one did. */
  | { kind: 'renamedElsewhere'; title: string }
  /** This tab's name took the place of one that had just been given elsewhere. */
  | { kind: 'overwrote'; title: string }
  | { kind: 'failed'; error: PublicError }

export type ThreadListState = {
  threads: ThreadSummary[]
  /** Where the rest begins; undefined at the end. */
  next: string | undefined
  phase: 'waiting' | 'ready' | 'failed'
  isLoadingMore: boolean
  fault: PublicError | undefined
  notice: ThreadNotice | undefined
}

export type ThreadListActions = {
  /** The first page anew; what lies below it stays. */
  load(): Promise<void>
  loadMore(): Promise<void>
  rename(options: { id: string; title: string }): Promise<void>
  setPinned(options: { id: string; isPinned: boolean }): Promise<void>
  setArchived(options: { id: string; isArchived: boolean }): Promise<void>
  remove(id: string): Promise<void>
  /** What another tab or a run did. */
  apply(event: FeedEvent): void
  /** Takes the deletion or the archiving of the notice back. */
  undo(): Promise<void>
  dismissNotice(): void
}

export type ThreadListStore = StoreApi<ThreadListState> & { actions: ThreadListActions }

/** So long after giving a name one is told that another tab gave another. */
const RECENT_MS = 15_000

type Context = {
  store: StoreApi<ThreadListState>
  api: ThreadsApi
  isArchived: boolean
  nowMs: () => number
  /** Names given here: when, and what the server then said of the last change. */
  given: Map<string, { title: string; atMs: number; updatedAtMs: number }>
  loading: Promise<void> | undefined
  isStale: boolean
}

/** The list of threads, or that of the archived ones. */
export function createThreadListStore(options: {
  api: ThreadsApi
  isArchived?: boolean
  nowMs?: () => number
}): ThreadListStore {
  const store = createStore<ThreadListState>()(() => ({
    threads: [],
    next: undefined,
    phase: 'waiting',
    isLoadingMore: false,
    fault: undefined,
    notice: undefined,
  }))
  const context: Context = {
    store,
    api: options.api,
    isArchived: options.isArchived ?? false,
    nowMs: options.nowMs ?? Date.now,
    given: new Map(),
    loading: undefined,
    isStale: false,
  }
  return {
    ...store,
    actions: {
      load: () => load(context),
      loadMore: () => loadMore(context),
      rename: (options) => rename(context, options),
      setPinned: async ({ id, isPinned }) => void (await change(context, { id, isPinned })),
      setArchived: (options) => setArchived(context, options),
      remove: (id) => remove(context, id),
      apply: (event) => apply(context, event),
      undo: () => undo(context),
      dismissNotice: () => store.setState({ notice: undefined }),
    },
  }
}

/** Asked for again while it loads, it loads once more: the first answer may be older than the reason. */
async function load(context: Context): Promise<void> {
  context.isStale = true
  context.loading ??= loadUntilFresh(context).finally(() => {
    context.loading = undefined
  })
  await context.loading
}

async function loadUntilFresh(context: Context): Promise<void> {
  const { store, api, isArchived } = context
  while (context.isStale) {
    context.isStale = false
    try {
      const page = await api.listThreads({ isArchived })
      tellRenames(context, page.threads)
      store.setState((state) => ({
        ...mergeFirstPage(state, page),
        phase: 'ready',
        fault: undefined,
      }))
    } catch (error) {
      const fault = toFault(error)
      store.setState(({ phase }) => ({ phase: phase === 'ready' ? phase : 'failed', fault }))
    }
  }
}

async function loadMore({ store, api, isArchived }: Context): Promise<void> {
  const { next, isLoadingMore } = store.getState()
  if (next === undefined || isLoadingMore) return
  store.setState({ isLoadingMore: true, fault: undefined })
  try {
    const page = await api.listThreads({ isArchived, before: next })
    store.setState((state) => ({
      ...(state.next === next ? appendPage(state, page) : {}),
      isLoadingMore: false,
    }))
  } catch (error) {
    store.setState({ isLoadingMore: false, fault: toFault(error) })
  }
}

async function rename(
  context: Context,
  { id, title }: { id: string; title: string },
): Promise<void> {
  const { store, given, nowMs } = context
  const before = find(context, id)
  if (before === undefined || title.trim() === '' || title === before.title) return
  const changed = await change(context, { id, title })
  if (changed === undefined) return
  given.set(id, { title, atMs: nowMs(), updatedAtMs: changed.thread.updatedAtMs })
  if (changed.isOverwriting) store.setState({ notice: { kind: 'overwrote', title } })
}

async function setArchived(
  context: Context,
  { id, isArchived }: { id: string; isArchived: boolean },
): Promise<void> {
  const thread = find(context, id)
  const changed = await change(context, { id, isArchived })
  if (changed === undefined || thread === undefined) return
  const kind = isArchived ? 'archived' : 'unarchived'
  context.store.setState({ notice: { kind, thread: { ...thread, isArchived } } })
}

async function remove(context: Context, id: string): Promise<void> {
  const thread = find(context, id)
  if (thread === undefined) return
  take(context, id)
  try {
    await context.api.deleteThread(id)
    context.store.setState({ notice: { kind: 'deleted', thread } })
  } catch (error) {
    put(context, thread)
    fail(context, error)
  }
}

function apply(context: Context, event: FeedEvent): void {
  if (event.type === 'thread-changed') {
    tellRenames(context, [event.thread])
    put(context, event.thread)
  } else if (event.type === 'thread-deleted') take(context, event.threadId)
  else if (event.type !== 'message-added') void load(context)
}

async function undo(context: Context): Promise<void> {
  const { notice } = context.store.getState()
  if (notice === undefined || !('thread' in notice)) return
  context.store.setState({ notice: undefined })
  const { id, isArchived } = notice.thread
  try {
    if (notice.kind === 'deleted') put(context, await context.api.restoreThread(id))
    else await save(context, { thread: notice.thread, change: { isArchived: !isArchived } })
  } catch (error) {
    fail(context, error)
  }
}

/** Shown at once, and taken back where it fails. */
async function change(
  context: Context,
  { id, ...wanted }: ThreadChange & { id: string },
): Promise<{ thread: ThreadSummary; isOverwriting: boolean } | undefined> {
  const before = find(context, id)
  if (before === undefined) return undefined
  put(context, { ...before, ...wanted })
  try {
    return await save(context, { thread: before, change: wanted })
  } catch (error) {
    put(context, before)
    fail(context, error)
    return undefined
  }
}

async function save(
  context: Context,
  { thread: { id, updatedAtMs }, change: wanted }: { thread: ThreadSummary; change: ThreadChange },
) {
  const saved = await context.api.changeThread({ id, change: wanted, ifUpdatedAtMs: updatedAtMs })
  put(context, saved.thread)
  return { thread: saved.thread, isOverwriting: saved.isOverwriting === true }
}

/** Where it belongs, if it belongs into this list at all. */
function put(context: Context, thread: ThreadSummary): void {
  if (thread.isArchived !== context.isArchived) take(context, thread.id)
  else context.store.setState(({ threads }) => ({ threads: putThread(threads, thread) }))
}

function take({ store }: Context, id: string): void {
  store.setState(({ threads }) => ({ threads: threads.filter((thread) => thread.id !== id) }))
}

function find({ store }: Context, id: string): ThreadSummary | undefined {
  return store.getState().threads.find((thread) => thread.id === id)
}

function tellRenames({ store, given, nowMs }: Context, threads: ThreadSummary[]): void {
  for (const { id, title, updatedAtMs } of threads) {
    const own = given.get(id)
    // What was on its way while the name was given here is older.
    if (own === undefined || own.title === title || updatedAtMs < own.updatedAtMs) continue
    given.delete(id)
    if (nowMs() - own.atMs > RECENT_MS) continue
    store.setState({ notice: { kind: 'renamedElsewhere', title } })
  }
}

function fail({ store }: Context, error: unknown): void {
  store.setState({ notice: { kind: 'failed', error: toFault(error) } })
}

function toFault(error: unknown): PublicError {
  if (!isAppError(error)) throw error
  return toPublicError(error)
}
