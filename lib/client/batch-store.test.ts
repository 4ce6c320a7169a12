import { describe, expect, it } from 'vitest'
import type { BatchRecord, BatchView } from '@/lib/domain/batch'
import { AppError } from '@/lib/domain/error'
import type { BatchApi } from './batch-api'
import { createBatchStore } from './batch-store'

const record: BatchRecord = { id: 'b', name: 'n', createdAtMs: 0, inputBytes: 1, state: 'running' }
const view: BatchView = { batch: record, holds: [] }

/** A server that counts what it is asked, and a clock that stands. */
function setUp(more: Partial<BatchApi> = {}) {
  const asked: string[] = []
  const delaysMs: number[] = []
  const api: BatchApi = {
    list: async () => [record],
    load: async ({ id }) => {
      asked.push(`load ${id}`)
      return view
    },
    loadRows: async ({ first, count }) => {
      asked.push(`rows ${first} ${count}`)
      return [{ index: first, line: 1, prompt: 'q', state: 'waiting' }]
    },
    upload: async ({ name }) => {
      asked.push(`upload ${name}`)
      return record
    },
    read: async ({ reading }) => {
      asked.push(`read ${reading.format}`)
      return record
    },
    act: async ({ action }) => {
      asked.push(action.action)
      return view
    },
    summarize: () => Promise.reject(new AppError('internal')),
    remove: async ({ id }) => void asked.push(`remove ${id}`),
    ...more,
  }
  const store = createBatchStore({
    api,
    sleep: ({ ms, signal }) => {
      delaysMs.push(ms)
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve()))
    },
    page: { isHidden: () => false, onWake: () => () => undefined },
  })
  const settle = async () => {
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setTimeout(resolve))
  }
  return { store, asked, delaysMs, settle }
}

describe('createBatchStore', () => {
  it('shows the list, and asks often while one of them moves', async () => {
    const { store, delaysMs, settle } = setUp()
    const stop = store.startPolling()
    await settle()
    expect(store.getState()).toMatchObject({ batches: [record], isLive: true, view: undefined })
    expect(delaysMs.at(-1)).toBe(700)
    stop()
  })

  it('keeps the batch on show fresh, with the rows that are looked at', async () => {
    const { store, asked, settle } = setUp()
    const stop = store.startPolling()
    store.choose('b')
    await settle()
    expect(store.getState().view).toBe(view)
    store.look({ first: 500, count: 70 })
    await settle()
    expect(store.getState().rows).toMatchObject({ first: 500, items: [{ index: 500 }] })
    expect(asked).toContain('rows 500 70')
    stop()
  })

  it('uploads, looks through, and shows it', async () => {
    const { store, asked } = setUp()
    const id = await store.upload({ name: 'x', input: new Blob(['a']), reading: { format: 'csv' } })
    expect([id, asked]).toEqual(['b', ['upload x', 'read csv']])
    expect(store.getState()).toMatchObject({ id: 'b', isBusy: false })
    await store.act({ action: 'pause' })
    expect(asked.at(-1)).toBe('pause')
  })

  it('says what was refused, until something else is tried', async () => {
    let isRefusing = true
    const { store } = setUp({
      act: async () => {
        if (isRefusing) throw new AppError('batch_conflict')
        return view
      },
    })
    store.choose('b')
    await store.act({ action: 'resume' })
    expect(store.getState().error).toEqual({ code: 'batch_conflict' })
    isRefusing = false
    await store.act({ action: 'resume' })
    expect(store.getState().error).toBeUndefined()
  })

  it('keeps what is on show when the server does not answer, and forgets what was deleted', async () => {
    let failure: AppError | undefined
    const { store, settle } = setUp({
      load: async () => {
        if (failure !== undefined) throw failure
        return view
      },
    })
    const stop = store.startPolling()
    store.choose('b')
    await settle()
    failure = new AppError('app_unreachable')
    store.look({ first: 1, count: 1 })
    await settle()
    expect(store.getState()).toMatchObject({ isLive: false, view })
    failure = new AppError('batch_not_found')
    store.look({ first: 2, count: 1 })
    await settle()
    expect(store.getState()).toMatchObject({ isLive: true, view: undefined })
    await store.remove('b')
    expect(store.getState().id).toBeUndefined()
    stop()
  })
})
