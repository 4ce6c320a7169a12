import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TimingRow } from '@/lib/domain/timing-row'
import {
  FILTER_STATUSES,
  filterRows,
  listChoices,
  parseFilter,
  type RowFilter,
  toFilterParams,
} from './filter-rows'

const rowOf = (messageId: string, more: Partial<TimingRow> = {}): TimingRow => ({
  messageId,
  threadId: 't1',
  question: 'Why?',
  createdAtMs: 0,
  status: 'complete',
  ...more,
})
const rows = [
  rowOf('a', { model: 'm1', timing: { ttftMs: 100, e2elMs: 200 } }),
  rowOf('b', {
    model: 'm2',
    threadId: 't2',
    question: 'How?',
    timing: { ttftMs: 300, e2elMs: 400 },
  }),
  rowOf('c', { status: 'failed', threadId: 't2', question: 'Where?' }),
]
const ids = (list: readonly TimingRow[]) => list.map(({ messageId }) => messageId).join('')

describe('filterRows', () => {
  it.each<[RowFilter, string]>([
    [{}, 'abc'],
    [{ model: 'm1' }, 'a'],
    [{ threadId: 't2' }, 'bc'],
    [{ status: 'failed' }, 'c'],
    [{ slowerThanMs: 100 }, 'b'],
    [{ slowerThanMs: 99.5 }, 'ab'],
    [{ slowerThanMs: 0 }, 'ab'],
    [{ threadId: 't2', status: 'complete' }, 'b'],
    [{ model: 'none' }, ''],
  ])('by %j leaves %s', (filter, expected) => {
    expect(ids(filterRows({ rows, filter }))).toBe(expected)
  })

  it('is the same array where nothing is filtered away', () => {
    expect(filterRows({ rows, filter: {} })).toBe(rows)
  })
})

describe('parseFilter', () => {
  it.each([
    [
      'slowerThanMs=200&status=failed&model=m&threadId=t',
      { slowerThanMs: 200, status: 'failed', model: 'm', threadId: 't' },
    ],
    ['slowerThanMs=abc&status=gone&model=&threadId=', {}],
    ['slowerThanMs=-5', {}],
    ['slowerThanMs=', {}],
    ['slowerThanMs=1.5', { slowerThanMs: 1.5 }],
  ])('reads %s', (query, expected) => {
    expect(parseFilter(new URLSearchParams(query))).toEqual(expected)
  })

  it('reads back every filter that was written', () => {
    const text = fc.string({ minLength: 1 })
    const filter = fc.record(
      {
        threadId: text,
        model: text,
        status: fc.constantFrom(...FILTER_STATUSES),
        slowerThanMs: fc.nat(),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(filter, (given) => {
        const query = toFilterParams(given).toString()
        expect(parseFilter(new URLSearchParams(query))).toEqual(given)
      }),
    )
  })
})

describe('listChoices', () => {
  it('names each model, and each thread by its newest question', () => {
    expect(listChoices(rows)).toEqual({
      models: ['m1', 'm2'],
      threads: [
        { id: 't1', question: 'Why?' },
        { id: 't2', question: 'How?' },
      ],
    })
  })
})
