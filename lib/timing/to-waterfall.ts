import type { PaintTiming, ReplyTiming } from '@/lib/domain/reply-timing'

/** In the order in which they are drawn. */
export const SEGMENT_NAMES = [
  'page',
  'overhead',
  'queue',
  'prefill',
  'other',
  'decode',
  'ending',
] as const

export type SegmentName = (typeof SEGMENT_NAMES)[number]

/** A part that was not reported or not reached has no duration, and stands where it would. */
export type Segment = { name: SegmentName; startMs: number; durationMs?: number }

export type Waterfall = {
  segments: Segment[]
  /** Enter pressed (or accepted, where no page measured) → stream ended. */
  wholeMs: number
  /** Sum of the segments: `wholeMs + excessMs`. */
  totalMs: number
  /** What overhead and the engine's own clock claim beyond the time to first token: rounding, as a rule 0. */
  excessMs: number
  /** On the scale of the segments; undefined when no token came. */
  firstTokenAtMs?: number
}

/**
 * The parts of one reply, end to end: what is not named is `other` before the first token and
 * `ending` after the last one, so that the parts sum to the whole. `page` holds the way there and
 * the paint: one duration of one clock, drawn at the front.
 */
export function toWaterfall({
  timing,
  paint,
  arrivalOffsetsMs,
}: {
  timing: ReplyTiming
  paint?: PaintTiming | undefined
  arrivalOffsetsMs?: readonly number[] | undefined
}): Waterfall {
  const { ttftMs, e2elMs, overheadMs, queueMs, prefillMs } = timing
  const pageMs =
    paint === undefined || ttftMs === undefined
      ? undefined
      : Math.max(0, paint.browserTtftMs - ttftMs)
  const beforeTokenMs = ttftMs ?? e2elMs
  const namedMs = (overheadMs ?? 0) + (queueMs ?? 0) + (prefillMs ?? 0)
  const afterTokenMs = ttftMs === undefined ? undefined : Math.max(0, e2elMs - ttftMs)
  const decodeMs = toDecodeMs({ timing, arrivalOffsetsMs, limitMs: afterTokenMs })
  const durations: Record<SegmentName, number | undefined> = {
    page: pageMs,
    overhead: overheadMs,
    queue: queueMs,
    prefill: prefillMs,
    other: Math.max(0, beforeTokenMs - namedMs),
    decode: decodeMs,
    ending: afterTokenMs === undefined ? undefined : afterTokenMs - (decodeMs ?? 0),
  }
  const segments = layOut(durations)
  const decode = segments.find(({ name }) => name === 'decode')
  return {
    segments,
    wholeMs: (pageMs ?? 0) + e2elMs,
    totalMs: segments.reduce((sum, { durationMs = 0 }) => sum + durationMs, 0),
    excessMs: Math.max(0, namedMs - beforeTokenMs),
    ...(ttftMs === undefined || decode === undefined ? {} : { firstTokenAtMs: decode.startMs }),
  }
}

function layOut(durations: Record<SegmentName, number | undefined>): Segment[] {
  let startMs = 0
  return SEGMENT_NAMES.map((name) => {
    const durationMs = durations[name]
    const segment = { name, startMs, ...(durationMs === undefined ? {} : { durationMs }) }
    startMs += durationMs ?? 0
    return segment
  })
}

/** First → last delta by our clock: as recorded, else from the rate, which is made of it. */
function toDecodeMs({
  timing,
  arrivalOffsetsMs,
  limitMs,
}: {
  timing: ReplyTiming
  arrivalOffsetsMs: readonly number[] | undefined
  limitMs: number | undefined
}): number | undefined {
  if (limitMs === undefined) return undefined
  const { tokensPerSecond, completionTokens } = timing
  if (arrivalOffsetsMs !== undefined) return Math.min(limitMs, arrivalOffsetsMs.at(-1) ?? 0)
  if (tokensPerSecond === undefined || completionTokens === undefined) return undefined
  return Math.min(limitMs, ((completionTokens - 1) * 1000) / tokensPerSecond)
}
