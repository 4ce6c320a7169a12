import type { SampleFacts, TipsVerdict } from '@/lib/domain/tips'
import { percentile } from '@/lib/timing/percentile'

/** Fewer say nothing of their spread. */
const LEAST_VALUES = 3

/** Below a tenth a difference is nothing to start an engine anew for, and a busy machine makes it by itself. */
const LEAST_EFFECT = 0.1

export function toSampleFacts(values: readonly number[]): SampleFacts {
  return {
    count: values.length,
    median: percentile(values, 0.5) ?? 0,
    min: values.length === 0 ? 0 : Math.min(...values),
    max: values.length === 0 ? 0 : Math.max(...values),
  }
}

/**
 * Whether one sample differs from another by more than they spread: the ranges do not touch, the medians
 * are further apart than the wider range is wide, and by a tenth at least. All else is no difference.
 */
export function compareSamples({
  before: beforeValues,
  after: afterValues,
  isHigherBetter,
}: {
  before: readonly number[]
  after: readonly number[]
  isHigherBetter: boolean
}): { before: SampleFacts; after: SampleFacts; ratio: number; verdict: TipsVerdict } {
  const before = toSampleFacts(beforeValues)
  const after = toSampleFacts(afterValues)
  const ratio = before.median === 0 ? 1 : after.median / before.median
  const facts = { before, after, ratio }
  if (Math.min(before.count, after.count) < LEAST_VALUES) return { ...facts, verdict: 'too-few' }
  const areApart = before.max < after.min || after.max < before.min
  const width = Math.max(before.max - before.min, after.max - after.min)
  const isBeyondSpread = Math.abs(after.median - before.median) > width
  // As a factor, so that it holds the same both ways round.
  const isWorthIt = Math.max(ratio, 1 / ratio) >= 1 + LEAST_EFFECT
  if (!areApart || !isBeyondSpread || !isWorthIt) return { ...facts, verdict: 'no-difference' }
  return { ...facts, verdict: ratio > 1 === isHigherBetter ? 'better' : 'worse' }
}
