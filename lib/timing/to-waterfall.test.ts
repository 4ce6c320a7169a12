import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ReplyTiming } from '@/lib/domain/reply-timing'
import { type SegmentName, toWaterfall, type Waterfall } from './to-waterfall'

const timing: ReplyTiming = {
  ttftMs: 660,
  overheadMs: 2,
  queueMs: 400,
  prefillMs: 250,
  otherMs: 8,
  e2elMs: 1080,
  tokensPerSecond: 50,
  completionTokens: 21,
}
const without = (...names: (keyof ReplyTiming)[]) =>
  Object.fromEntries(
    Object.entries(timing).filter(([name]) => !names.some((one) => one === name)),
  ) as ReplyTiming

function durationsOf({ segments }: Waterfall): Partial<Record<SegmentName, number>> {
  const known = segments.flatMap(({ name, durationMs }) =>
    durationMs === undefined ? [] : [[name, durationMs]],
  )
  return Object.fromEntries(known)
}

describe('toWaterfall', () => {
  it('lays the parts end to end, from Enter to the end of the stream', () => {
    const waterfall = toWaterfall({
      timing,
      paint: { browserTtftMs: 700 },
      arrivalOffsetsMs: [20, 40, 400],
    })
    expect(durationsOf(waterfall)).toEqual({
      page: 40,
      overhead: 2,
      queue: 400,
      prefill: 250,
      other: 8,
      decode: 400,
      ending: 20,
    })
    expect(waterfall).toMatchObject({
      wholeMs: 1120,
      totalMs: 1120,
      excessMs: 0,
      firstTokenAtMs: 700,
    })
    expect(waterfall.segments.map(({ startMs }) => startMs)).toEqual([
      0, 40, 42, 442, 692, 700, 1100,
    ])
  })

  it.each<[string, Parameters<typeof toWaterfall>[0], Partial<Record<SegmentName, number>>]>([
    [
      'the engine reports no metrics: all that is left is `other`',
      { timing: without('queueMs', 'prefillMs', 'otherMs') },
      { overhead: 2, other: 658, decode: 400, ending: 20 },
    ],
    [
      'no offsets were kept: decode comes from the rate',
      { timing },
      { overhead: 2, queue: 400, prefill: 250, other: 8, decode: 400, ending: 20 },
    ],
    [
      'one piece came: it decodes in no time',
      { timing: without('tokensPerSecond'), arrivalOffsetsMs: [] },
      { overhead: 2, queue: 400, prefill: 250, other: 8, decode: 0, ending: 420 },
    ],
    [
      'nothing tells when the last piece came: the rest is the end',
      { timing: without('tokensPerSecond') },
      { overhead: 2, queue: 400, prefill: 250, other: 8, ending: 420 },
    ],
    [
      'no token came',
      {
        timing: without('ttftMs', 'queueMs', 'prefillMs', 'tokensPerSecond'),
        arrivalOffsetsMs: [],
      },
      { overhead: 2, other: 1078 },
    ],
    [
      'the page was faster than the clocks can tell',
      { timing, paint: { browserTtftMs: 650 } },
      { page: 0, overhead: 2, queue: 400, prefill: 250, other: 8, decode: 400, ending: 20 },
    ],
  ])('gives no part that was not measured when %s', (_, given, expected) => {
    const waterfall = toWaterfall(given)
    expect(durationsOf(waterfall)).toEqual(expected)
    expect(waterfall.totalMs).toBeCloseTo(waterfall.wholeMs, 6)
  })

  it('says how much the engine claims beyond what passed', () => {
    const waterfall = toWaterfall({ timing: { ...timing, ttftMs: 640 } })
    expect(waterfall).toMatchObject({ excessMs: 12, totalMs: 1092, wholeMs: 1080 })
  })

  it('has parts that sum to the whole, touch each other and are never negative', () => {
    const duration = fc.double({ min: 0, max: 1e5, noNaN: true })
    const maybe = fc.option(duration, { nil: undefined })
    fc.assert(
      fc.property(
        fc.record({
          ttftMs: maybe,
          overheadMs: maybe,
          queueMs: maybe,
          prefillMs: maybe,
          rest: duration,
        }),
        maybe,
        fc.option(fc.array(duration), { nil: undefined }),
        ({ rest, ...parts }, browserTtftMs, offsets) => {
          const waterfall = toWaterfall({
            timing: {
              ...(Object.fromEntries(
                Object.entries(parts).filter(([, value]) => value !== undefined),
              ) as Partial<ReplyTiming>),
              e2elMs: (parts.ttftMs ?? 0) + rest,
            },
            paint: browserTtftMs === undefined ? undefined : { browserTtftMs },
            arrivalOffsetsMs: offsets?.sort((a, b) => a - b),
          })
          expect(waterfall.totalMs).toBeCloseTo(waterfall.wholeMs + waterfall.excessMs, 4)
          let atMs = 0
          for (const { startMs, durationMs = 0 } of waterfall.segments) {
            expect(durationMs).toBeGreaterThanOrEqual(0)
            expect(startMs).toBe(atMs)
            atMs += durationMs
          }
        },
      ),
    )
  })
})
