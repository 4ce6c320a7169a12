import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { percentile } from './percentile'
import { type ReplyMarks, toReplyTiming } from './to-reply-timing'

const marks = (more: Partial<ReplyMarks> = {}): ReplyMarks => ({
  acceptedMs: 1000,
  sentMs: 1004,
  deltaArrivalsMs: [1412, 1432, 1452, 1612],
  endedMs: 1620,
  usage: { promptTokens: 614, completionTokens: 5, cachedTokens: 512 },
  engine: { queueMs: 300, prefillMs: 100, decodeMs: 200 },
  ...more,
})

describe('toReplyTiming', () => {
  it('splits the time to first token into parts that sum to it', () => {
    const timing = toReplyTiming(marks({ aheadRequests: 7 }))
    expect(timing).toEqual({
      ttftMs: 412,
      overheadMs: 4,
      queueMs: 300,
      prefillMs: 100,
      decodeMs: 200,
      otherMs: 8,
      e2elMs: 620,
      interTokenMs: { p50: 20, p95: 146, max: 160 },
      tokensPerSecond: 20,
      promptTokens: 614,
      cachedTokens: 512,
      completionTokens: 5,
      aheadRequests: 7,
    })
  })

  it.each([
    [
      'no token came',
      { deltaArrivalsMs: [] },
      ['ttftMs', 'interTokenMs', 'tokensPerSecond', 'otherMs'],
    ],
    ['one token came', { deltaArrivalsMs: [1412] }, ['interTokenMs', 'tokensPerSecond']],
    ['all came in one piece', { deltaArrivalsMs: [1412, 1412, 1413] }, ['tokensPerSecond']],
    [
      'the engine sends no metrics',
      { engine: {} },
      ['queueMs', 'prefillMs', 'decodeMs', 'otherMs'],
    ],
    [
      'cached tokens are not reported',
      { usage: { promptTokens: 1, completionTokens: 9 } },
      ['cachedTokens'],
    ],
  ] satisfies [string, Partial<ReplyMarks>, string[]][])(
    'leaves out what is unknown when %s',
    (_, more, absent) => {
      const timing = toReplyTiming(marks(more))
      for (const key of absent) expect(timing).not.toHaveProperty(key)
    },
  )

  it('never reports a negative part, and parts never exceed the whole by more than the engine claims', () => {
    const duration = fc.double({ min: 0, max: 1e5, noNaN: true })
    fc.assert(
      fc.property(duration, duration, duration, duration, (overhead, wait, queueMs, prefillMs) => {
        const sentMs = 1000 + overhead
        const timing = toReplyTiming(
          marks({
            sentMs,
            deltaArrivalsMs: [sentMs + wait],
            endedMs: sentMs + wait,
            engine: { queueMs, prefillMs },
          }),
        )
        const { ttftMs = 0, overheadMs = 0, otherMs = 0 } = timing
        expect(otherMs).toBeGreaterThanOrEqual(0)
        if (otherMs > 0) expect(overheadMs + queueMs + prefillMs + otherMs).toBeCloseTo(ttftMs, 5)
      }),
    )
  })
})

describe('percentile', () => {
  it.each([
    [[], 0.5, undefined],
    [[4], 0.99, 4],
    [[1, 2, 3, 4], 0.5, 2.5],
    [[10, 1, 4], 0, 1],
    [[10, 1, 4], 1, 10],
  ])('of %j at %d is %s', (values, p, expected) => {
    expect(percentile(values, p)).toBe(expected)
  })
})
