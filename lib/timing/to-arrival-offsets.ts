const MAX_OFFSETS = 4000

/**
 * Arrivals as ms since the first one, which is left out. Beyond 4,000 they are thinned out evenly,
 * first and last kept.
 */
export function toArrivalOffsets({
  arrivalsMs,
  limit = MAX_OFFSETS,
}: {
  arrivalsMs: readonly number[]
  limit?: number
}): number[] {
  const first = arrivalsMs[0]
  if (first === undefined) return []
  const count = arrivalsMs.length - 1
  const kept = Math.min(count, limit)
  return Array.from({ length: kept }, (_, index) => {
    const at = kept <= 1 ? count : 1 + Math.round((index * (count - 1)) / (kept - 1))
    return (arrivalsMs[at] ?? first) - first
  })
}
