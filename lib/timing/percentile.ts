/** The p-th percentile (0–1) by linear interpolation between the two nearest values, as numpy and `vllm bench serve` do; undefined for no values. */
export function percentile(values: readonly number[], p: number): number | undefined {
  if (values.length === 0) return undefined
  const sorted = [...values].sort((a, b) => a - b)
  return percentileOfSorted(sorted, p)
}

export function percentileOfSorted(sorted: ArrayLike<number>, p: number): number | undefined {
  const position = (sorted.length - 1) * Math.min(1, Math.max(0, p))
  const below = sorted[Math.floor(position)]
  const above = sorted[Math.ceil(position)]
  if (below === undefined || above === undefined) return undefined
  return below + (above - below) * (position - Math.floor(position))
}
