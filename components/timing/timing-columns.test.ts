import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TimingRow } from '@/lib/domain/timing-row'
import messages from '@/lib/i18n/messages/en.json'
import { listGaps, sortRows, TIMING_COLUMNS } from './timing-columns'

const rowOf = (messageId: string, more: Partial<TimingRow> = {}): TimingRow => ({
  messageId,
  threadId: 't',
  question: 'Why?',
  createdAtMs: 0,
  status: 'complete',
  ...more,
})
const ids = (rows: TimingRow[]) => rows.map(({ messageId }) => messageId)

describe('the columns of the debug view', () => {
  it('are those that have a name and a definition', () => {
    const names = TIMING_COLUMNS.map(({ name }) => name).sort()
    expect(names).toEqual(Object.keys(messages.debug.columns).sort())
  })
})

describe('sortRows', () => {
  const rows = [
    rowOf('slow', { timing: { ttftMs: 900, e2elMs: 1 }, model: 'b' }),
    rowOf('none'),
    rowOf('fast', { timing: { ttftMs: 12, e2elMs: 1 }, model: 'a' }),
  ]

  it.each([
    ['ttft', true, ['slow', 'fast', 'none']],
    ['ttft', false, ['fast', 'slow', 'none']],
    ['model', false, ['fast', 'slow', 'none']],
    ['time', true, ['slow', 'none', 'fast']],
  ] as const)('by %s (descending: %s) gives %j', (name, isDescending, expected) => {
    expect(ids(sortRows({ rows, sorting: { name, isDescending } }))).toEqual(expected)
  })

  it('loses and doubles no row, and stands in order', () => {
    const ttft = fc.option(fc.double({ min: 0, max: 1e5, noNaN: true }), { nil: undefined })
    fc.assert(
      fc.property(fc.array(ttft), fc.boolean(), (values, isDescending) => {
        const given = values.map((ttftMs, index) =>
          rowOf(String(index), ttftMs === undefined ? {} : { timing: { ttftMs, e2elMs: 0 } }),
        )
        const sorted = sortRows({ rows: given, sorting: { name: 'ttft', isDescending } })
        expect(ids(sorted).sort()).toEqual(ids(given).sort())
        const known = sorted.flatMap(({ timing }) => timing?.ttftMs ?? [])
        expect(sorted.slice(0, known.length).every(({ timing }) => timing !== undefined)).toBe(true)
        expect(known).toEqual([...known].sort((a, b) => (isDescending ? b - a : a - b)))
      }),
    )
  })
})

describe('listGaps', () => {
  it('names each column with a gap once, and the reason for it', () => {
    const timing = { ttftMs: 1, overheadMs: 1, e2elMs: 2, promptTokens: 3, completionTokens: 4 }
    const rows = [rowOf('a', { timing, model: 'm' }), rowOf('b', { timing, model: 'm' })]
    expect(listGaps(rows).map(({ name, missing }) => `${name} ${missing}`)).toEqual([
      'queue notReported_queue',
      'prefill notReported_queue',
      'other notReported_other',
      'decode notReported_queue',
      'itlP50 notReported_itl',
      'itlP95 notReported_itl',
      'itlMax notReported_itl',
      'rate notReported_rate',
      'cached notReported_cached',
      'browser notReported_browser',
    ])
  })

  it('does not explain rows that have no timing at all', () => {
    expect(listGaps([rowOf('a', { status: 'streaming' })])).toEqual([])
  })
})
