import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TimingRow } from '@/lib/domain/timing-row'
import { formatSorting, NEWEST_FIRST, parseSorting, sortRows } from './sort-rows'
import { TIMING_COLUMNS } from './timing-columns'

const rowOf = (messageId: string, more: Partial<TimingRow> = {}): TimingRow => ({
  messageId,
  threadId: 't',
  question: 'Why?',
  createdAtMs: 0,
  status: 'complete',
  ...more,
})
const ids = (rows: readonly TimingRow[]) => rows.map(({ messageId }) => messageId)

describe('sortRows', () => {
  const rows = [
    rowOf('slow', {
      timing: { ttftMs: 900, e2elMs: 1 },
      model: 'b',
      flags: [{ code: 'preempted', details: {} }],
    }),
    rowOf('none', { createdAtMs: 5 }),
    rowOf('fast', { timing: { ttftMs: 12, e2elMs: 1 }, model: 'a' }),
  ]

  it.each([
    ['ttft', true, ['slow', 'fast', 'none']],
    ['ttft', false, ['fast', 'slow', 'none']],
    ['model', false, ['fast', 'slow', 'none']],
    ['model', true, ['slow', 'fast', 'none']],
    ['time', true, ['none', 'slow', 'fast']],
    ['flags', true, ['slow', 'none', 'fast']],
  ] as const)('by %s (descending: %s) gives %j', (name, isDescending, expected) => {
    expect(ids(sortRows({ rows, sorting: { name, isDescending } }))).toEqual(expected)
  })

  it('works by every column', () => {
    for (const { name } of TIMING_COLUMNS) {
      expect(ids(sortRows({ rows, sorting: { name, isDescending: true } })).sort()).toEqual(
        ids(rows).sort(),
      )
    }
  })

  it('loses and doubles no row, stands in order, and leaves equals as they were', () => {
    const ttft = fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined })
    fc.assert(
      fc.property(fc.array(ttft), fc.boolean(), (values, isDescending) => {
        const given = values.map((ttftMs, index) =>
          rowOf(String(index), ttftMs === undefined ? {} : { timing: { ttftMs, e2elMs: 0 } }),
        )
        const sorted = sortRows({ rows: given, sorting: { name: 'ttft', isDescending } })
        const expected = [...given].sort((a, b) => {
          const [one, other] = [a.timing?.ttftMs, b.timing?.ttftMs]
          if (one === undefined || other === undefined) {
            return Number(one === undefined) - Number(other === undefined)
          }
          return isDescending ? other - one : one - other
        })
        expect(ids(sorted)).toEqual(ids(expected))
      }),
    )
  })
})

describe('parseSorting', () => {
  it.each([
    ['ttft', { name: 'ttft', isDescending: false }],
    ['-e2el', { name: 'e2el', isDescending: true }],
    ['-time', NEWEST_FIRST],
    [null, NEWEST_FIRST],
    ['', NEWEST_FIRST],
    ['-nothing', NEWEST_FIRST],
  ])('reads %s', (text, expected) => {
    expect(parseSorting(text)).toEqual(expected)
  })

  it('reads back what was written; the usual order needs no word', () => {
    for (const { name } of TIMING_COLUMNS) {
      for (const isDescending of [true, false]) {
        const sorting = { name, isDescending }
        expect(parseSorting(formatSorting(sorting) ?? null)).toEqual(sorting)
      }
    }
    expect(formatSorting(NEWEST_FIRST)).toBeUndefined()
  })
})
