import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TimingRow } from '@/lib/domain/timing-row'
import { filterRows } from './filter-rows'
import { measureGoodput } from './measure-goodput'
import { summarizeColumns } from './summarize-columns'
import { listRestarts, toPromptPoints, toTimePoints } from './to-timing-points'

const rowOf = (messageId: string, more: Partial<TimingRow> = {}): TimingRow => ({
  messageId,
  threadId: 't',
  question: 'Why?',
  createdAtMs: 0,
  status: 'complete',
  ...more,
})

/** Worked out in another way than the product's: by counting what lies below. */
function percentileOf(values: number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const at = p * (sorted.length - 1)
  const below = sorted[Math.floor(at)] ?? 0
  const above = sorted[Math.min(sorted.length - 1, Math.floor(at) + 1)] ?? 0
  return below * (1 - (at % 1)) + above * (at % 1)
}

describe('summarizeColumns', () => {
  it('follows the filter', () => {
    const rows = Array.from({ length: 101 }, (_, index) =>
      rowOf(String(index), {
        model: index < 51 ? 'small' : 'large',
        timing: { ttftMs: index, e2elMs: index * 10 },
      }),
    )
    expect(summarizeColumns(rows).ttft).toEqual({ count: 101, percentiles: [50, 90, 99] })
    const small = filterRows({ rows, filter: { model: 'small' } })
    expect(summarizeColumns(small).ttft).toEqual({ count: 51, percentiles: [25, 45, 49.5] })
    expect(summarizeColumns(small).e2el?.percentiles[0]).toBe(250)
  })

  it('counts only rows that have a value', () => {
    const summary = summarizeColumns([
      rowOf('a', { timing: { ttftMs: 7, e2elMs: 9 } }),
      rowOf('b', { timing: { e2elMs: 11 } }),
      rowOf('c'),
    ])
    expect(summary.ttft).toEqual({ count: 1, percentiles: [7, 7, 7] })
    expect(summary.e2el?.count).toBe(2)
    expect(summary.queue).toEqual({ count: 0, percentiles: [undefined, undefined, undefined] })
  })

  it('agrees with percentiles that are worked out in another way', () => {
    const value = fc.double({ min: 0, max: 1e5, noNaN: true })
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), (values) => {
        const rows = values.map((ttftMs, index) =>
          rowOf(String(index), { timing: { ttftMs, e2elMs: ttftMs } }),
        )
        const found = summarizeColumns(rows).ttft?.percentiles ?? []
        for (const [index, p] of [0.5, 0.9, 0.99].entries()) {
          expect(found[index]).toBeCloseTo(percentileOf(values, p), 4)
        }
      }),
    )
  })
})

describe('measureGoodput', () => {
  const rows = [
    rowOf('good', { timing: { ttftMs: 150, e2elMs: 1150, completionTokens: 101 } }),
    rowOf('late', { timing: { ttftMs: 250, e2elMs: 1250, completionTokens: 101 } }),
    rowOf('slow', { timing: { ttftMs: 150, e2elMs: 9150, completionTokens: 101 } }),
    rowOf('short', { timing: { ttftMs: 150, e2elMs: 160, completionTokens: 1 } }),
    rowOf('failed', { status: 'failed' }),
    rowOf('stopped', { status: 'stopped', timing: { ttftMs: 1, e2elMs: 2 } }),
    rowOf('running', { status: 'streaming' }),
  ]

  it.each([
    [{ ttft: 200, tpot: 50 }, 2],
    [{ ttft: 200 }, 3],
    [{ tpot: 10 }, 3],
    [{ e2el: 1200 }, 2],
    [{ ttft: 0 }, 0],
  ])('with %j counts %d of 5', (targets, good) => {
    expect(measureGoodput({ rows, targets })).toEqual({ judged: 5, good })
  })

  it('follows the filter', () => {
    const filtered = filterRows({ rows, filter: { slowerThanMs: 200 } })
    expect(measureGoodput({ rows: filtered, targets: { ttft: 300 } })).toEqual({
      judged: 1,
      good: 1,
    })
  })
})

describe('the points of the plots', () => {
  const timing = { ttftMs: 5, e2elMs: 9, promptTokens: 100 }
  const rows = [
    rowOf('c', {
      createdAtMs: 30,
      timing: { ...timing, cachedTokens: 0 },
      activity: { processStartedAtMs: 25 },
    }),
    rowOf('b', {
      createdAtMs: 20,
      timing: { ...timing, cachedTokens: 64 },
      activity: { processStartedAtMs: 4 },
    }),
    rowOf('a', {
      createdAtMs: 10,
      timing: { ttftMs: 5, e2elMs: 9 },
      activity: { processStartedAtMs: 4 },
    }),
    rowOf('none', { createdAtMs: 5 }),
  ]

  it('tell cold from cached, and leave out what has no first token or no prompt length', () => {
    expect(toTimePoints(rows).map(({ x, cache }) => [x, cache])).toEqual([
      [30, 'cold'],
      [20, 'cached'],
      [10, 'unknown'],
    ])
    expect(toPromptPoints(rows).map(({ x }) => x)).toEqual([100, 100])
  })

  it('mark the starts of the engine that lie between', () => {
    expect(listRestarts(rows)).toEqual([25])
  })
})
