import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ReplyTiming } from '@/lib/domain/reply-timing'
import type { TimingRow } from '@/lib/domain/timing-row'
import { histogramQuantile, subtractBuckets } from './histogram-quantile'
import { createTimingSummary, summarizeTimings } from './summarize-timings'
import { toArrivalOffsets } from './to-arrival-offsets'
import { toEnginePulse } from './to-engine-pulse'

type Row = Pick<TimingRow, 'createdAtMs' | 'status' | 'timing'>

const row = fc.record({
  createdAtMs: fc.integer({ min: 0, max: 600_000 }),
  status: fc.constantFrom<Row['status']>(
    'complete',
    'complete',
    'failed',
    'stopped',
    'interrupted',
  ),
  timing: fc.record({
    ttftMs: fc.double({ min: 1, max: 5000, noNaN: true }),
    e2elMs: fc.double({ min: 5000, max: 60_000, noNaN: true }),
    promptTokens: fc.integer({ min: 1, max: 9000 }),
    completionTokens: fc.integer({ min: 1, max: 900 }),
  }),
})

/** The formulas of `vllm bench serve` and numpy, written anew and naively. */
function computeIndependently(rows: readonly Row[]): Record<string, number> {
  const done = rows.filter(({ status }) => status === 'complete')
  const of = (
    read: (
      timing: Required<Pick<ReplyTiming, 'ttftMs' | 'completionTokens'>> & ReplyTiming,
    ) => number,
  ) => done.map(({ timing }) => read(timing as Parameters<typeof read>[0]))
  const total = (values: number[]) => values.reduce((sum, value) => sum + value, 0)
  const tokens = of((timing) => timing.completionTokens)
  const ttft = of((timing) => timing.ttftMs)
  const e2el = of((timing) => timing.e2elMs)
  const allTpot = done.map((_, i) =>
    Number(tokens[i]) > 1 ? (Number(e2el[i]) - Number(ttft[i])) / (Number(tokens[i]) - 1) : 0,
  )
  const tpot = allTpot.filter((_, i) => Number(tokens[i]) > 1)
  const ends = done.map(({ createdAtMs }, i) => createdAtMs + Number(e2el[i]))
  const seconds = (Math.max(...ends) - Math.min(...done.map((row) => row.createdAtMs))) / 1000
  const out: Record<string, number> = {
    duration: seconds,
    completed: done.length,
    failed: rows.filter(({ status }) => ['failed', 'interrupted'].includes(status)).length,
    total_input_tokens: total(of((timing) => timing.promptTokens ?? 0)),
    total_output_tokens: total(tokens),
    request_throughput: done.length / seconds,
    output_throughput: total(tokens) / seconds,
    request_goodput:
      done.filter((_, i) => Number(ttft[i]) <= 2000 && Number(allTpot[i]) <= 200).length / seconds,
  }
  for (const [name, values] of Object.entries({ ttft, tpot, e2el })) {
    if (values.length === 0) continue
    const mean = total(values) / values.length
    out[`mean_${name}_ms`] = mean
    out[`std_${name}_ms`] = Math.sqrt(total(values.map((v) => v * v)) / values.length - mean * mean)
    for (const [key, p] of [
      ['median', 50],
      ['p90', 90],
      ['p99', 99],
    ] as const) {
      out[`${key}_${name}_ms`] = weighRanks(values, p)
    }
  }
  return out
}

/** numpy's `percentile` by counting ranks, without sorting. */
function weighRanks(values: readonly number[], p: number): number {
  const virtual = ((values.length - 1) * p) / 100
  const at = (rank: number) =>
    values.find((value) => {
      const smaller = values.filter((other) => other < value).length
      const equal = values.filter((other) => other === value).length
      return smaller <= rank && rank < smaller + equal
    }) ?? Number.NaN
  const low = Math.trunc(virtual)
  const weight = virtual - low
  return weight === 0 ? at(low) : at(low) * (1 - weight) + at(low + 1) * weight
}

describe('summarizeTimings', () => {
  it('agrees with an independent computation of the same keys', () => {
    const samples = fc.sample(fc.array(row, { minLength: 5, maxLength: 200 }), {
      numRuns: 8,
      seed: 7,
    })
    const sets = samples.filter((rows) => rows.some(({ status }) => status === 'complete'))
    expect(sets.length).toBeGreaterThan(5)
    for (const rows of sets) {
      const summary = summarizeTimings({ rows, goodput: { ttft: 2000, tpot: 200 } })
      const expected = computeIndependently(rows)
      expect(expected.median_ttft_ms).toBeDefined()
      for (const [key, value] of Object.entries(expected)) {
        expect(summary, key).toHaveProperty(key)
        expect(summary[key as keyof typeof summary], key).toBeCloseTo(value, 4)
      }
    }
  })

  it('knows no figures of no requests, and no goodput without targets', () => {
    expect(summarizeTimings({ rows: [] })).toEqual({
      duration: 0,
      completed: 0,
      failed: 0,
      total_input_tokens: 0,
      total_output_tokens: 0,
      request_goodput: null,
    })
  })

  it('takes the gaps between tokens of all replies together', () => {
    const summary = createTimingSummary()
    const one = { createdAtMs: 0, status: 'complete' as const, timing: { e2elMs: 10 } }
    summary.add(one, [10, 20])
    summary.add(one, [30])
    summary.add({ ...one, status: 'failed' }, [1000])
    expect(summary.result()).toMatchObject({ mean_itl_ms: 20, median_itl_ms: 20, p99_itl_ms: 29.8 })
  })
})

describe('histogramQuantile', () => {
  const buckets = [
    { upper: 0.1, count: 10 },
    { upper: 0.5, count: 90 },
    { upper: 1, count: 100 },
    { upper: Number.POSITIVE_INFINITY, count: 100 },
  ]
  it.each([
    [0.05, 0.05],
    [0.5, 0.3],
    [0.9, 0.5],
    [0.95, 0.75],
    [1, 1],
  ])('estimates the %s quantile within its bucket', (q, expected) => {
    expect(histogramQuantile({ buckets, q })).toBeCloseTo(expected, 9)
  })

  it('gives the highest finite bound for what lies above it, and nothing of nothing', () => {
    const above = [
      { upper: 1, count: 0 },
      { upper: Number.POSITIVE_INFINITY, count: 5 },
    ]
    expect(histogramQuantile({ buckets: above, q: 0.5 })).toBe(1)
    expect(histogramQuantile({ buckets: [], q: 0.5 })).toBeUndefined()
    expect(histogramQuantile({ buckets: [{ upper: 1, count: 0 }], q: 0.5 })).toBeUndefined()
  })

  it('subtracts readings of one histogram only', () => {
    const after = buckets.map(({ upper, count }) => ({ upper, count: count + 1 }))
    expect(subtractBuckets({ before: buckets, after })?.map(({ count }) => count)).toEqual([
      1, 1, 1, 1,
    ])
    expect(subtractBuckets({ before: after, after: buckets })).toBeUndefined()
    expect(subtractBuckets({ before: buckets.slice(1), after })).toBeUndefined()
  })
})

describe('toEnginePulse', () => {
  it('has the rates between two readings and the gauges of the last', () => {
    const first = {
      atMs: 1000,
      promptTokens: 100,
      generationTokens: 50,
      preemptions: 1,
      prefixCacheQueryTokens: 100,
      prefixCacheHitTokens: 50,
      ttftBuckets: [
        { upper: 1, count: 2 },
        { upper: 2, count: 2 },
      ],
    }
    const last = {
      atMs: 31_000,
      runningRequests: 3,
      waitingRequests: 1,
      kvCacheUsage: 0.5,
      promptTokens: 700,
      generationTokens: 350,
      preemptions: 2,
      prefixCacheQueryTokens: 300,
      prefixCacheHitTokens: 200,
      ttftBuckets: [
        { upper: 1, count: 2 },
        { upper: 2, count: 12 },
      ],
    }
    expect(toEnginePulse({ first, last })).toEqual({
      runningRequests: 3,
      waitingRequests: 1,
      kvCacheUsage: 0.5,
      promptTokensPerSecond: 20,
      generationTokensPerSecond: 10,
      preemptionsPerMinute: 2,
      prefixCacheHitRate: 0.75,
      ttftP95Ms: 1950,
    })
    expect(toEnginePulse({ last })).toEqual({
      runningRequests: 3,
      waitingRequests: 1,
      kvCacheUsage: 0.5,
    })
  })

  it('has no rate of a counter that fell, and no hit rate without queries', () => {
    const first = {
      atMs: 0,
      generationTokens: 10,
      prefixCacheQueryTokens: 5,
      prefixCacheHitTokens: 5,
    }
    const last = {
      atMs: 9,
      generationTokens: 1,
      prefixCacheQueryTokens: 5,
      prefixCacheHitTokens: 5,
    }
    expect(toEnginePulse({ first, last })).toEqual({})
  })
})

describe('toArrivalOffsets', () => {
  it('counts from the first arrival, and leaves that out', () => {
    expect(toArrivalOffsets({ arrivalsMs: [5, 7, 10.5] })).toEqual([2, 5.5])
    expect(toArrivalOffsets({ arrivalsMs: [5] })).toEqual([])
    expect(toArrivalOffsets({ arrivalsMs: [] })).toEqual([])
  })

  it('thins out evenly beyond its limit, and keeps both ends', () => {
    const arrivalsMs = Array.from({ length: 10_001 }, (_, index) => index)
    const offsets = toArrivalOffsets({ arrivalsMs })
    expect(offsets).toHaveLength(4000)
    expect([offsets[0], offsets.at(-1)]).toEqual([1, 10_000])
    const gaps = offsets.slice(1).map((offset, index) => offset - (offsets[index] ?? 0))
    expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(1)
  })
})
