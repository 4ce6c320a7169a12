export type Summary = { count: number; p50: number; p99: number; max: number }

/** Nearest rank; all 0 for no values. */
export function summarize(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) }
}

export function median(values: readonly number[]): number {
  return summarize(values).p50
}

/** `1.2 / 3.4 / 5.6 ms` */
export function formatSummary({ p50, p99, max }: Summary): string {
  return `p50 ${p50.toFixed(1)} · p99 ${p99.toFixed(1)} · max ${max.toFixed(1)} ms`
}
