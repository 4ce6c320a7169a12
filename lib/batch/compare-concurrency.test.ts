import { describe, expect, it } from 'vitest'
import type { CompareLevel } from '@/lib/domain/batch'
import { DEFAULT_BATCH_PLAN } from '@/lib/domain/batch'
import { createFakeEngine } from './__fixtures__/fake-engine'
import { createJumpingClock, toRows } from './__fixtures__/run-setup'
import { compareConcurrency, toCompareReport, toLevels } from './compare-concurrency'

describe('toLevels', () => {
  it.each([
    [10, 256, [1, 2, 4, 8, 10]],
    [8, 256, [1, 2, 4, 8]],
    [10, 4, [1, 2, 4]],
    [1, 8, [1]],
    [100, 1, [1]],
  ])('for %i rows and at most %i at once', (rows, max, expected) => {
    expect(toLevels({ rows, max })).toEqual(expected)
  })
})

describe('compareConcurrency', () => {
  it('warms every row up, then asks all of them at each level', async () => {
    const { engine, requests } = createFakeEngine()
    const clock = createJumpingClock()
    const told: number[] = []
    const { outcome, report } = await compareConcurrency({
      rows: toRows(4),
      levels: [1, 2, 4],
      plan: { ...DEFAULT_BATCH_PLAN, spacingMs: 1000 },
      engine,
      model: () => 'm',
      systemPrompt: 'S',
      signal: new AbortController().signal,
      id: 'c',
      clock,
      onLevel: ({ levels }) => told.push(levels.length),
    })
    expect(outcome).toEqual({ kind: 'complete' })
    expect(requests.map(({ sampling }) => sampling?.maxTokens)).toEqual([
      ...Array.from({ length: 4 }, () => 1),
      ...Array.from({ length: 12 }, () => 512),
    ])
    expect(report.levels.map(({ concurrency, completed }) => [concurrency, completed])).toEqual([
      [1, 4],
      [2, 4],
      [4, 4],
    ])
    expect(told).toEqual([1, 2, 3])
  })

  it('ends with the level at which the engine could not be used', async () => {
    const { engine } = createFakeEngine(() => ['answer', 'answer', { fail: 'engine_unauthorized' }])
    const { outcome, report } = await compareConcurrency({
      rows: toRows(2),
      levels: [1, 2],
      plan: DEFAULT_BATCH_PLAN,
      engine,
      model: () => 'm',
      systemPrompt: 'S',
      signal: new AbortController().signal,
      id: 'c',
    })
    expect(outcome).toEqual({ kind: 'halted', error: { code: 'engine_unauthorized' } })
    expect(report.levels).toHaveLength(1)
  })
})

describe('toCompareReport', () => {
  const level = (concurrency: number, rate: number, e2elMs = 100): CompareLevel => ({
    concurrency,
    wallMs: 1000 / concurrency,
    completed: 4,
    failed: 0,
    meanE2elMs: e2elMs,
    meanWaitMs: 500 / concurrency,
    outputTokensPerSecond: rate,
  })

  it('marks the smallest concurrency with nearly the best throughput, and sets the last against the first', () => {
    const levels = [level(1, 10), level(2, 19), level(4, 30), level(8, 32, 150)]
    const { knee, change } = toCompareReport({ rows: 8, levels })
    expect(knee).toBe(4)
    expect(change?.meanE2el).toBeCloseTo(0.5)
    expect(change?.meanWait).toBeCloseTo(-0.875)
    expect(change?.wall).toBeCloseTo(-0.875)
    expect(change?.outputTokens).toBeCloseTo(2.2)
  })

  it('marks nothing where there is nothing to compare', () => {
    expect(toCompareReport({ rows: 1, levels: [level(1, 10)] })).toEqual({
      rows: 1,
      levels: [level(1, 10)],
    })
    expect(toCompareReport({ rows: 1, levels: [] })).toEqual({ rows: 1, levels: [] })
  })
})
