import { createStore, type StoreApi } from 'zustand/vanilla'
import type {
  BatchAction,
  BatchOverview,
  BatchReading,
  BatchRowView,
  BatchView,
} from '@/lib/domain/batch'
import { type AppError, findAppError, type PublicError, toPublicError } from '@/lib/domain/error'
import { type BatchApi, batchApi } from './batch-api'
import { createPoller, isPageHidden, type PageSignals, type Sleep } from './poller'

export type BatchPageState = {
  batches: readonly BatchOverview[]
  /** The one on show. */
  id: string | undefined
  view: BatchView | undefined
  /** The rows around those in view; `first` is the index of the first one. */
  rows: { first: number; items: readonly BatchRowView[] }
  /** False from a poll that failed to one that did not. */
  isLive: boolean
  /** What was asked for is under way. */
  isBusy: boolean
  error: PublicError | undefined
}

export type BatchStore = StoreApi<BatchPageState> & {
  choose(id: string | undefined): void
  /** Which rows are to be kept fresh. */
  look(window: RowWindow): void
  /** Uploads and looks through; resolves with its id, or undefined where that failed. */
  upload(options: { name: string; input: Blob; reading: BatchReading }): Promise<string | undefined>
  read(reading: BatchReading): Promise<void>
  act(action: BatchAction): Promise<void>
  remove(id: string): Promise<void>
  /** @returns how to stop; may be started again */
  startPolling(): () => void
}

const BUSY_MS = 700
const IDLE_MS = 4000
const HIDDEN_MS = 60_000
const NO_ROWS: BatchPageState['rows'] = { first: 0, items: [] }

type RowWindow = { first: number; count: number }

async function pollOnce(options: {
  store: StoreApi<BatchPageState>
  api: BatchApi
  wanted: RowWindow
  signal: AbortSignal
}): Promise<void> {
  const { store, api, wanted, signal } = options
  const { id } = store.getState()
  try {
    const [batches, view, items] = await Promise.all([
      api.list({ signal }),
      id === undefined ? undefined : loadOrForget(api.load({ id, signal })),
      id === undefined ? [] : loadOrForget(api.loadRows({ id, ...wanted, signal })),
    ])
    if (signal.aborted) return
    const isSame = store.getState().id === id
    const rows = { first: wanted.first, items: items ?? [] }
    store.setState({ batches, isLive: true, ...(isSame ? { view, rows } : {}) })
  } catch {
    if (!signal.aborted) store.setState({ isLive: false })
  }
}

/** The batch page's state, kept fresh by asking our server. */
export function createBatchStore(options: {
  id?: string | undefined
  api?: BatchApi
  sleep?: Sleep
  page?: PageSignals
}): BatchStore {
  const { api = batchApi, sleep, page } = options
  const isHidden = page?.isHidden ?? isPageHidden
  const store = createStore<BatchPageState>()(() => ({
    batches: [],
    id: options.id,
    view: undefined,
    rows: NO_ROWS,
    isLive: true,
    isBusy: false,
    error: undefined,
  }))
  let wanted: RowWindow = { first: 0, count: 60 }

  const poll = (signal: AbortSignal) => pollOnce({ store, api, wanted, signal })
  const poller = createPoller({
    poll,
    nextDelayMs() {
      if (isHidden()) return HIDDEN_MS
      const isMoving = store.getState().batches.some(({ state }) => isMovingState(state))
      return isMoving ? BUSY_MS : IDLE_MS
    },
    ...(sleep === undefined ? {} : { sleep }),
    ...(page === undefined ? {} : { page }),
  })

  async function attempt<Value>(task: () => Promise<Value>): Promise<Value | undefined> {
    store.setState({ isBusy: true, error: undefined })
    try {
      return await task()
    } catch (error) {
      store.setState({ error: toShown(findAppError(error)) })
      return undefined
    } finally {
      store.setState({ isBusy: false })
      poller.pollNow()
    }
  }
  const never = new AbortController().signal
  const choose = (id: string | undefined) => {
    store.setState({ id, view: undefined, rows: NO_ROWS, error: undefined })
    poller.pollNow()
  }
  const withId = (task: (id: string) => Promise<unknown>) => {
    const { id } = store.getState()
    return id === undefined ? Promise.resolve() : attempt(() => task(id)).then(() => undefined)
  }

  return {
    ...store,
    choose,
    look(window) {
      if (window.first === wanted.first && window.count === wanted.count) return
      wanted = window
      poller.pollNow()
    },
    upload: ({ name, input, reading }) =>
      attempt(async () => {
        const { id } = await api.upload({ name, input, signal: never })
        store.setState({ id, view: undefined, rows: NO_ROWS })
        await api.read({ id, reading, signal: never })
        return id
      }),
    read: (reading) => withId((id) => api.read({ id, reading, signal: never })),
    act: (action) => withId((id) => api.act({ id, action, signal: never })),
    async remove(id) {
      await attempt(() => api.remove({ id }))
      if (store.getState().id === id) choose(undefined)
    },
    startPolling() {
      const stop = poller.start()
      poller.pollNow()
      return stop
    },
  }
}

function isMovingState(state: BatchOverview['state']): boolean {
  return state === 'running' || state === 'queued' || state === 'comparing'
}

/** A batch that was deleted elsewhere is nothing on show. */
async function loadOrForget<Value>(promise: Promise<Value>): Promise<Value | undefined> {
  return await promise.catch((error) => {
    if (findAppError(error)?.code === 'batch_not_found') return undefined
    throw error
  })
}

function toShown(error: AppError | undefined): PublicError {
  return error === undefined ? { code: 'internal' } : toPublicError(error)
}
