import { describe, expect, it } from 'vitest'
import type { BatchResult } from '@/lib/domain/batch'
import { toRows } from './__fixtures__/run-setup'
import { createBatchMeter } from './create-batch-meter'

const result = (completionTokens: number): BatchResult => ({
  index: 0,
  line: 1,
  prompt: 'q',
  status: 'complete',
  text: 'a',
  timing: { e2elMs: 1, completionTokens },
  startedAtMs: 0,
  attempts: 1,
})

function setUp({ rows = 100, todo = 100 } = {}) {
  let nowMs = 0
  const counts = { complete: 0, interrupted: 0, failed: 0 }
  const meter = createBatchMeter({ rows, todo, counts: () => counts, now: () => nowMs })
  const [row] = toRows(1)
  return {
    meter,
    advance: (ms: number) => {
      nowMs += ms
    },
    start: () => row && meter.observer.started?.(row),
    giveBack: () => row && meter.observer.returned?.(row),
    end(tokens: number) {
      counts.complete += 1
      meter.observer.ended?.(result(tokens))
    },
  }
}

describe('createBatchMeter', () => {
  it('tells nothing of a rate before something ended', () => {
    const { meter, start, advance } = setUp()
    start()
    advance(1000)
    expect(meter.progress()).toEqual({
      rows: 100,
      complete: 0,
      interrupted: 0,
      failed: 0,
      inFlight: 1,
      elapsedMs: 1000,
    })
  })

  it('tells the rate of the last 30 s, and the time left at it', () => {
    const { meter, start, end, advance } = setUp({ todo: 50 })
    for (let second = 0; second < 40; second += 1) {
      start()
      advance(1000)
      end(second < 10 ? 100 : 10)
    }
    const progress = meter.progress()
    expect(progress.rowsPerSecond).toBeCloseTo(1)
    expect(progress.tokensPerSecond).toBeCloseTo(10)
    expect(progress.leftMs).toBeCloseTo(10_000)
    expect(progress.inFlight).toBe(0)
  })

  it('counts a row that went back as not in flight', () => {
    const { meter, start, giveBack } = setUp()
    start()
    giveBack()
    start()
    expect(meter.progress().inFlight).toBe(1)
  })

  it('keeps no more than 600 samples, over the whole run', () => {
    const { meter, advance } = setUp()
    for (let count = 0; count < 20_000; count += 1) {
      meter.tick()
      advance(250)
    }
    const samples = meter.samples()
    expect(samples.length).toBeGreaterThan(250)
    expect(samples.length).toBeLessThanOrEqual(600)
    expect(samples[0]?.atMs).toBe(0)
    expect(samples.at(-1)?.atMs).toBeGreaterThan(4_980_000)
  })
})
