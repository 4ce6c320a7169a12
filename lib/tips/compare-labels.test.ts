import { describe, expect, it } from 'vitest'
import { isDisturbed, type TipsRecord } from '@/lib/domain/tips'
import { compareLabels } from './compare-labels'

const record = (more: Partial<TipsRecord>): TipsRecord => ({
  id: 'x',
  label: 'before',
  startedAtMs: 1,
  durationMs: 1,
  engine: { model: 'm', isPrefixCachingEnabled: true, kvCacheTokens: 100 },
  measurements: ['batch'],
  series: [{ measurement: 'batch', at: 16, figure: 'serialLatencyMs', values: [100, 101] }],
  requests: 1,
  completionTokens: 1000,
  ...more,
})

const after = record({
  label: 'after',
  engine: { model: 'm', isPrefixCachingEnabled: false, kvCacheTokens: 100 },
  series: [
    { measurement: 'batch', at: 16, figure: 'serialLatencyMs', values: [50, 51, 52] },
    { measurement: 'batch', at: 16, figure: 'speedup', values: [2, 2, 2] },
  ],
})

describe('compareLabels', () => {
  it('takes all runs of a label together, and what both have', () => {
    const second = record({
      startedAtMs: 2,
      series: [{ measurement: 'batch', at: 16, figure: 'serialLatencyMs', values: [102] }],
    })
    const compared = compareLabels({
      records: [second, after, record({})],
      before: 'before',
      after: 'after',
    })
    expect(compared?.rows).toMatchObject([
      { figure: 'serialLatencyMs', before: { count: 3, median: 101 }, verdict: 'better' },
    ])
  })

  it('names what the engine told differently of itself', () => {
    const compared = compareLabels({
      records: [record({}), after],
      before: 'before',
      after: 'after',
    })
    expect(compared?.changes).toEqual([
      { name: 'isPrefixCachingEnabled', before: 'true', after: 'false' },
    ])
    expect(compared?.rows[0]?.verdict).toBe('too-few')
  })

  it('is nothing where a label has no run', () => {
    expect(compareLabels({ records: [after], before: 'before', after: 'after' })).toBeUndefined()
  })

  it('counts the runs in which the engine worked for others', () => {
    const traffic = { requestsAtStart: 0, foreignTokens: 21 }
    const compared = compareLabels({
      records: [record({ traffic }), after],
      before: 'before',
      after: 'after',
    })
    expect(compared?.disturbedRuns).toBe(1)
  })
})

describe('isDisturbed', () => {
  it.each([
    [undefined, false],
    [{ requestsAtStart: 0, foreignTokens: 20 }, false],
    [{ requestsAtStart: 0, foreignTokens: 21 }, true],
    [{ requestsAtStart: 1, foreignTokens: 0 }, true],
  ])('%j of 1,000 tokens: %s', (traffic, expected) => {
    expect(isDisturbed({ completionTokens: 1000, ...(traffic && { traffic }) })).toBe(expected)
  })
})
