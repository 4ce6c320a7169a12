import { percentileOfSorted } from './percentile'

/** The wait before one piece of text; `atMs` counts from the first piece. */
export type Gap = { index: number; atMs: number; gapMs: number; isStall: boolean }

export type Gaps = { gaps: Gap[]; p50Ms: number; p95Ms: number; maxMs: number; stallMs: number }

/** A reader does not notice a shorter wait, however much longer than the rest it is. */
const MIN_STALL_MS = 250
const STALL_FACTOR = 10

/**
 * The waits between the pieces of one reply, with their percentiles. A stall is a wait of at least
 * `stallMs`: ten times the median, and 250 ms. Undefined for fewer than two pieces.
 */
export function toGaps(arrivalOffsetsMs: readonly number[]): Gaps | undefined {
  if (arrivalOffsetsMs.length === 0) return undefined
  const gapsMs = arrivalOffsetsMs.map((atMs, index) => atMs - (arrivalOffsetsMs[index - 1] ?? 0))
  const sorted = Float64Array.from(gapsMs).sort()
  const p50Ms = percentileOfSorted(sorted, 0.5) ?? 0
  const stallMs = Math.max(MIN_STALL_MS, p50Ms * STALL_FACTOR)
  return {
    gaps: gapsMs.map((gapMs, index) => ({
      index: index + 1,
      atMs: arrivalOffsetsMs[index] ?? 0,
      gapMs,
      isStall: gapMs >= stallMs,
    })),
    p50Ms,
    p95Ms: percentileOfSorted(sorted, 0.95) ?? 0,
    maxMs: sorted.at(-1) ?? 0,
    stallMs,
  }
}
