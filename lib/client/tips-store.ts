import { createStore } from 'zustand/vanilla'
import { findAppError, type PublicError, toPublicError } from '@/lib/domain/error'
import type { LabelComparison, Measurement } from '@/lib/domain/tips'
import type { TipsState } from '@/lib/domain/tips-view'
import { createPoller } from './poller'
import { type TipsApi, tipsApi } from './tips-api'

export type TipsStoreState = {
  tips: TipsState
  /** Under which the next run is kept. */
  label: string
  /** The two labels that are compared; the same twice where there is only one. */
  before: string
  after: string
  comparison: LabelComparison | undefined
  /** Of the last click. */
  error: PublicError | undefined
}

export type TipsActions = {
  setLabel(label: string): void
  choose(labels: { before?: string; after?: string }): void
  measure(measurements: readonly Measurement[]): Promise<void>
  cancel(): Promise<void>
  /** @returns how to stop */
  startPolling(): () => void
}

const RUNNING_MS = 1000
const IDLE_MS = 5000

export function createTipsStore({
  initial,
  label,
  api = tipsApi,
}: {
  initial: TipsState
  label: string
  api?: TipsApi
}) {
  const chosen = chooseLabels(initial)
  const store = createStore<TipsStoreState>(() => ({
    ...{ tips: initial, label, ...chosen },
    comparison: undefined,
    error: undefined,
  }))
  const poller = createPoller({
    poll: async (signal) => {
      try {
        const tips = await api.loadState({ signal })
        const isNew = countRuns(tips) !== countRuns(store.getState().tips)
        store.setState(isNew ? { tips, ...chooseLabels(tips) } : { tips })
        if (isNew || store.getState().comparison === undefined) await compare(signal)
      } catch {
        // It says so nowhere: the gate above tells when the app is gone.
      }
    },
    nextDelayMs: () => (store.getState().tips.run === undefined ? IDLE_MS : RUNNING_MS),
  })
  const compare = async (signal: AbortSignal) => {
    const { before, after } = store.getState()
    if (before === '' || after === '') return
    const { comparison } = await api.compare({ before, after, signal })
    const { before: old, after: fresh } = store.getState()
    if (old === before && fresh === after) store.setState({ comparison })
  }
  const act = async (ask: (signal: AbortSignal) => Promise<TipsState>) => {
    store.setState({ error: undefined })
    try {
      store.setState({ tips: await ask(new AbortController().signal) })
    } catch (cause) {
      const known = findAppError(cause)
      store.setState({ error: known === undefined ? { code: 'internal' } : toPublicError(known) })
    }
    poller.pollNow()
  }
  const actions: TipsActions = {
    setLabel: (next) => store.setState({ label: next }),
    choose: (labels) => {
      store.setState({ ...labels, comparison: undefined })
      poller.pollNow()
    },
    measure: (measurements) =>
      act((signal) => api.start({ label: store.getState().label.trim(), measurements, signal })),
    cancel: () => act((signal) => api.stop({ signal })),
    startPolling() {
      poller.pollNow()
      return poller.start()
    },
  }
  return { ...store, ...actions }
}

export type TipsStore = ReturnType<typeof createTipsStore>

/** The last two, the older one first. */
function chooseLabels({ labels }: TipsState): { before: string; after: string } {
  const after = labels.at(-1)?.label ?? ''
  return { before: labels.at(-2)?.label ?? after, after }
}

function countRuns({ labels }: TipsState): number {
  return labels.reduce((sum, { runs }) => sum + runs, 0)
}
