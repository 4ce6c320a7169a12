import type { ReplyTiming } from '@/lib/domain/reply-timing'
import { percentileOfSorted } from './percentile'

/** Instants of one monotonic clock, in ms, and what the engine said of itself at the end. */
export type ReplyMarks = {
  acceptedMs: number
  sentMs?: number
  /** When each content or reasoning delta arrived from the engine, before any merging. */
  deltaArrivalsMs: readonly number[]
  endedMs: number
  usage?: { promptTokens: number; completionTokens: number; cachedTokens?: number }
  /** The engine's own durations; its time to first token counts from scheduling, so it is the prefill. */
  engine?: { queueMs?: number; prefillMs?: number; decodeMs?: number }
  aheadRequests?: number
}

const MIN_RATE_WINDOW_MS = 100

/** Folds the marks of one reply into its timing; what was not measured stays absent. */
export function toReplyTiming(marks: ReplyMarks): ReplyTiming {
  const { acceptedMs, sentMs, endedMs, usage, engine, aheadRequests } = marks
  const firstMs = marks.deltaArrivalsMs[0]
  const ttftMs = firstMs === undefined ? undefined : firstMs - acceptedMs
  const overheadMs = sentMs === undefined ? undefined : sentMs - acceptedMs
  return dropUndefined({
    ttftMs,
    overheadMs,
    queueMs: engine?.queueMs,
    prefillMs: engine?.prefillMs,
    decodeMs: engine?.decodeMs,
    otherMs: otherOf(ttftMs, overheadMs, engine),
    e2elMs: endedMs - acceptedMs,
    interTokenMs: gapsOf(marks.deltaArrivalsMs),
    tokensPerSecond: rateOf(marks.deltaArrivalsMs, usage?.completionTokens),
    promptTokens: usage?.promptTokens,
    cachedTokens: usage?.cachedTokens,
    completionTokens: usage?.completionTokens,
    aheadRequests,
  })
}

/** The engine's clock is another one: its durations may exceed ours by their rounding, never meaningfully. */
function otherOf(
  ttftMs: number | undefined,
  overheadMs: number | undefined,
  engine: ReplyMarks['engine'],
): number | undefined {
  if (ttftMs === undefined || overheadMs === undefined) return undefined
  if (engine?.queueMs === undefined || engine.prefillMs === undefined) return undefined
  return Math.max(0, ttftMs - overheadMs - engine.queueMs - engine.prefillMs)
}

function gapsOf(arrivalsMs: readonly number[]): ReplyTiming['interTokenMs'] {
  const gaps = arrivalsMs.slice(1).map((at, index) => at - (arrivalsMs[index] ?? at))
  gaps.sort((a, b) => a - b)
  const p50 = percentileOfSorted(gaps, 0.5)
  const p95 = percentileOfSorted(gaps, 0.95)
  const max = gaps.at(-1)
  if (p50 === undefined || p95 === undefined || max === undefined) return undefined
  return { p50, p95, max }
}

function rateOf(arrivalsMs: readonly number[], completionTokens: number | undefined) {
  const first = arrivalsMs[0]
  const last = arrivalsMs.at(-1)
  if (first === undefined || last === undefined || completionTokens === undefined) return undefined
  if (arrivalsMs.length < 2 || last - first < MIN_RATE_WINDOW_MS || completionTokens < 2)
    return undefined
  return ((completionTokens - 1) * 1000) / (last - first)
}

/** `exactOptionalPropertyTypes`: absent and undefined are not the same in a type, nor in JSON. */
function dropUndefined(
  timing: { [K in keyof ReplyTiming]: ReplyTiming[K] | undefined },
): ReplyTiming {
  const entries = Object.entries(timing).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as ReplyTiming
}
