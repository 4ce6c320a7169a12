import type { TimingRow } from '@/lib/domain/timing-row'

/** How the prefix cache served a prompt. */
export type CacheState = 'cached' | 'cold' | 'unknown'

export const CACHE_STATES: readonly CacheState[] = ['cached', 'cold', 'unknown']

export type TimingPoint = { x: number; y: number; row: TimingRow; cache: CacheState }

/** TTFT over the wall clock; replies without a first token have no point. */
export function toTimePoints(rows: readonly TimingRow[]): TimingPoint[] {
  return toPoints({ rows, readX: (row) => row.createdAtMs })
}

/** TTFT over the length of the prompt, where the engine said it. */
export function toPromptPoints(rows: readonly TimingRow[]): TimingPoint[] {
  return toPoints({ rows, readX: (row) => row.timing?.promptTokens })
}

function toPoints({
  rows,
  readX,
}: {
  rows: readonly TimingRow[]
  readX: (row: TimingRow) => number | undefined
}): TimingPoint[] {
  return rows.flatMap((row) => {
    const x = readX(row)
    const y = row.timing?.ttftMs
    return x === undefined || y === undefined ? [] : [{ x, y, row, cache: toCacheState(row) }]
  })
}

function toCacheState({ timing }: Pick<TimingRow, 'timing'>): CacheState {
  if (timing?.cachedTokens === undefined) return 'unknown'
  return timing.cachedTokens > 0 ? 'cached' : 'cold'
}

/** Starts of the engine that lie between the first and the last of these rows, in order. */
export function listRestarts(rows: readonly TimingRow[]): number[] {
  const starts = new Set<number>()
  let firstMs = Number.POSITIVE_INFINITY
  for (const { createdAtMs, activity } of rows) {
    firstMs = Math.min(firstMs, createdAtMs)
    if (activity?.processStartedAtMs !== undefined) starts.add(activity.processStartedAtMs)
  }
  return [...starts].filter((atMs) => atMs > firstMs).sort((a, b) => a - b)
}
