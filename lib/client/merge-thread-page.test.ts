import { describe, expect, it } from 'vitest'
import type { ThreadSummary } from '@/lib/domain/thread-summary'
import { appendPage, mergeFirstPage, putThread } from './merge-thread-page'

const thread = (id: string, updatedAtMs: number, isPinned = false): ThreadSummary => ({
  ...{ id, title: id, createdAtMs: 0, updatedAtMs },
  ...{ isPinned, isArchived: false, isRunning: false },
})

const idsOf = ({ threads }: { threads: ThreadSummary[] }) => threads.map(({ id }) => id).join('')

describe('the pages of a list', () => {
  it('puts a thread where its last change says, pinned ones before all', () => {
    const threads = [thread('p', 1, true), thread('a', 9), thread('b', 5)]
    expect(idsOf({ threads: putThread(threads, thread('n', 7)) })).toBe('panb')
    expect(idsOf({ threads: putThread(threads, thread('b', 10)) })).toBe('pba')
    expect(idsOf({ threads: putThread(threads, thread('b', 5, true)) })).toBe('bpa')
  })

  it('drops what has left the first page, and keeps what lies below it', () => {
    const loaded = {
      threads: [thread('a', 9), thread('b', 8), thread('c', 7), thread('d', 6), thread('e', 5)],
      next: 'e',
    }
    const page = { threads: [thread('n', 10), thread('a', 9), thread('c', 7)], next: 'c' }
    const merged = mergeFirstPage(loaded, page)
    expect(idsOf(merged)).toBe('nacde')
    expect(merged.next).toBe('e')
  })

  it('goes on from the new page where nothing below it is known', () => {
    const page = { threads: [thread('c', 3)], next: 'c' }
    expect(mergeFirstPage({ threads: [thread('a', 9)], next: undefined }, page)).toEqual(page)
  })

  it('is the whole list when nothing follows', () => {
    const loaded = { threads: [thread('a', 9), thread('b', 1)], next: 'b' }
    expect(mergeFirstPage(loaded, { threads: [thread('a', 9)] })).toEqual({
      threads: [thread('a', 9)],
      next: undefined,
    })
    expect(mergeFirstPage(loaded, { threads: [] }).threads).toEqual([])
  })

  it('shows a thread once that moved between two pages', () => {
    const loaded = { threads: [thread('b', 9), thread('a', 8)], next: 'a' }
    const page = { threads: [thread('b', 2), thread('c', 1)] }
    expect(idsOf(appendPage(loaded, page))).toBe('bac')
  })
})
