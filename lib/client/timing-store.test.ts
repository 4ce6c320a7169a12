import { describe, expect, it } from 'vitest'
import type { TimingPage, TimingRow } from '@/lib/domain/timing-row'
import type { DebugApi } from './debug-api'
import { createTimingStore, TIMING_POLL_MS } from './timing-store'

const rowOf = (messageId: string): TimingRow => ({
  messageId,
  threadId: 't',
  question: '',
  createdAtMs: 0,
  status: 'complete',
})

/** A server that answers when it is told to, and a clock that stands until then. */
function setUp(options: { isHidden?: boolean } = {}) {
  const asked: { after: string | undefined; answer: (page: TimingPage | Error) => void }[] = []
  const delaysMs: number[] = []
  const api: Pick<DebugApi, 'loadTimings'> = {
    loadTimings: ({ after }) =>
      new Promise((resolve, reject) => {
        asked.push({
          after,
          answer: (page) => (page instanceof Error ? reject(page) : resolve(page)),
        })
      }),
  }
  const wakes: (() => void)[] = []
  const store = createTimingStore({
    initialRows: [rowOf('first')],
    api,
    sleep: ({ ms, signal }) => {
      delaysMs.push(ms)
      return new Promise((resolve) => {
        wakes.push(resolve)
        signal.addEventListener('abort', () => resolve())
      })
    },
    page: { isHidden: () => options.isHidden === true, onWake: () => () => undefined },
  })
  const settle = () => new Promise((resolve) => setTimeout(resolve))
  return { store, asked, delaysMs, settle, wake: () => wakes.at(-1)?.() }
}

const pageOf = (more: Partial<TimingPage>): TimingPage => ({
  rows: [],
  goneIds: [],
  isWhole: false,
  cursor: '1',
  ...more,
})

describe('createTimingStore', () => {
  it('asks for everything at once, and from then on for what has changed', async () => {
    const { store, asked, settle, wake, delaysMs } = setUp()
    const stop = store.startPolling()
    await settle()
    expect(store.getState()).toMatchObject({ rows: [rowOf('first')], isWhole: false })
    expect(asked.map(({ after }) => after)).toEqual([undefined])
    asked[0]?.answer(pageOf({ rows: [rowOf('a')], isWhole: true, cursor: '7' }))
    await settle()
    expect(store.getState()).toMatchObject({ rows: [rowOf('a')], isWhole: true })
    expect(delaysMs.at(-1)).toBe(TIMING_POLL_MS.shown)
    wake()
    await settle()
    expect(asked.at(-1)?.after).toBe('7')
    asked.at(-1)?.answer(pageOf({ rows: [rowOf('b')] }))
    await settle()
    expect(store.getState().rows.map(({ messageId }) => messageId)).toEqual(['b', 'a'])
    stop()
  })

  it('keeps the rows and says so while the server does not answer', async () => {
    const { store, asked, settle, wake } = setUp()
    const stop = store.startPolling()
    await settle()
    asked[0]?.answer(new Error('down'))
    await settle()
    expect(store.getState()).toMatchObject({ rows: [rowOf('first')], isLive: false })
    wake()
    await settle()
    asked[1]?.answer(pageOf({ isWhole: true, rows: [rowOf('a')] }))
    await settle()
    expect(store.getState()).toMatchObject({ rows: [rowOf('a')], isLive: true })
    stop()
  })

  it('asks seldom while nobody looks, and not at all once stopped', async () => {
    const { store, asked, settle, wake, delaysMs } = setUp({ isHidden: true })
    const stop = store.startPolling()
    await settle()
    asked[0]?.answer(pageOf({ isWhole: true }))
    await settle()
    expect(delaysMs.at(-1)).toBe(TIMING_POLL_MS.hidden)
    stop()
    wake()
    await settle()
    expect(asked).toHaveLength(1)
  })
})
