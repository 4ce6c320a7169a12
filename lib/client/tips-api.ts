import type { Measurement } from '@/lib/domain/tips'
import type { ComparisonAnswer, TipsState } from '@/lib/domain/tips-view'
import { fetchJson } from './fetch-json'

/** What the tips' page asks of our server. Each rejects with an AppError. */
export type TipsApi = {
  loadState(options: { signal: AbortSignal }): Promise<TipsState>
  compare(options: {
    before: string
    after: string
    signal: AbortSignal
  }): Promise<ComparisonAnswer>
  start(options: {
    label: string
    measurements: readonly Measurement[]
    signal: AbortSignal
  }): Promise<TipsState>
  stop(options: { signal: AbortSignal }): Promise<TipsState>
}

export const tipsApi: TipsApi = {
  loadState: ({ signal }) => fetchJson({ path: '/api/tips', isAnswer: isState, signal }),
  compare({ before, after, signal }) {
    const query = new URLSearchParams({ before, after })
    return fetchJson({ path: `/api/tips/comparison?${query}`, isAnswer: isComparison, signal })
  },
  start: ({ signal, ...body }) =>
    fetchJson({ path: '/api/tips/runs', isAnswer: isState, signal, body }),
  stop: ({ signal }) =>
    fetchJson({ path: '/api/tips/runs/stop', isAnswer: isState, signal, body: {} }),
}

// Our own server wrote it: enough to tell it from something else that answered.

function isState(value: object): value is TipsState {
  return 'cards' in value && Array.isArray(value.cards) && 'labels' in value
}

function isComparison(value: object): value is ComparisonAnswer {
  return !('comparison' in value) || typeof value.comparison === 'object'
}
