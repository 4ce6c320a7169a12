// @vitest-environment happy-dom
import { describe, expect, it, vi } from 'vitest'
import { AppError } from '@/lib/domain/error'
import type { TipsLabel, TipsState } from '@/lib/domain/tips-view'
import type { TipsApi } from './tips-api'
import { createTipsStore } from './tips-store'

const labelled = (...names: string[]): TipsState => ({
  cards: [],
  labels: names.map(
    (label, index): TipsLabel => ({ label, runs: 1, lastAtMs: index, measurements: ['batch'] }),
  ),
})

function open(initial: TipsState, more: Partial<TipsApi> = {}) {
  const api = {
    loadState: vi.fn(async () => initial),
    compare: vi.fn(async ({ before, after }: { before: string; after: string }) => ({
      comparison: { before, after, rows: [], changes: [], disturbedRuns: 0 },
    })),
    start: vi.fn(async () => initial),
    stop: vi.fn(async () => initial),
    ...more,
  }
  return { api, store: createTipsStore({ initial, label: 'before', api }) }
}

describe('createTipsStore', () => {
  it.each<[string[], [string, string]]>([
    [[], ['', '']],
    [['a'], ['a', 'a']],
    [
      ['a', 'b', 'c'],
      ['b', 'c'],
    ],
  ])('compares the last two of %j', (names, [before, after]) => {
    expect(open(labelled(...names)).store.getState()).toMatchObject({ before, after })
  })

  it('asks for the comparison once, and again when other labels are chosen', async () => {
    const { api, store } = open(labelled('a', 'b', 'c'))
    const stop = store.startPolling()
    await vi.waitFor(() => expect(store.getState().comparison?.after).toBe('c'))
    store.choose({ before: 'a' })
    await vi.waitFor(() => expect(store.getState().comparison?.before).toBe('a'))
    stop()
    expect(api.compare).toHaveBeenCalledTimes(2)
  })

  it('turns to the newest labels when a run was recorded', async () => {
    const states = [labelled('a'), labelled('a', 'b')]
    const { store } = open(labelled('a'), {
      loadState: async () => states[1] ?? labelled(),
    })
    const stop = store.startPolling()
    await vi.waitFor(() => expect(store.getState()).toMatchObject({ before: 'a', after: 'b' }))
    stop()
  })

  it('measures under its label, and shows why it was refused', async () => {
    const refused = new AppError('chats_active', { details: { chats: 1 } })
    const start = vi.fn(async () => Promise.reject(refused))
    const { store } = open(labelled(), { start })
    store.setLabel(' after ')
    await store.measure(['batch'])
    expect(start).toHaveBeenCalledWith(
      expect.objectContaining({ label: 'after', measurements: ['batch'] }),
    )
    expect(store.getState().error).toEqual({ code: 'chats_active', details: { chats: 1 } })
    await store.cancel()
    expect(store.getState().error).toBeUndefined()
  })
})
