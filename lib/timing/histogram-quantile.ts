/** Observations at or below `upper`, in the unit of what was observed; the last `upper` is Infinity. */
export type HistogramBucket = { upper: number; count: number }

/**
 * The q-quantile (0–1) of cumulative buckets, as Prometheus' `histogram_quantile` estimates it: linear
 * within a bucket, and the highest finite bound for what lies above it; undefined without observations.
 */
export function histogramQuantile({
  buckets,
  q,
}: {
  /** By rising bound. */
  buckets: readonly HistogramBucket[]
  q: number
}): number | undefined {
  const total = buckets.at(-1)?.count ?? 0
  if (!(total > 0)) return undefined
  const rank = q * total
  let below: HistogramBucket = { upper: 0, count: 0 }
  for (const bucket of buckets) {
    if (bucket.count >= rank) {
      if (!Number.isFinite(bucket.upper)) return below.upper
      const share = (rank - below.count) / (bucket.count - below.count)
      return below.upper + (bucket.upper - below.upper) * (Number.isFinite(share) ? share : 1)
    }
    below = bucket
  }
  return undefined
}

/** What was observed between two readings of one histogram; undefined when the bounds differ or it began anew. */
export function subtractBuckets({
  before,
  after,
}: {
  before: readonly HistogramBucket[]
  after: readonly HistogramBucket[]
}): HistogramBucket[] | undefined {
  if (before.length !== after.length) return undefined
  const buckets: HistogramBucket[] = []
  for (const [index, { upper, count }] of after.entries()) {
    const earlier = before[index]
    if (earlier?.upper !== upper || earlier.count > count) return undefined
    buckets.push({ upper, count: count - earlier.count })
  }
  return buckets
}
