import type { TimingRow } from '@/lib/domain/timing-row'
import { percentileOfSorted } from '@/lib/timing/percentile'
import { type ColumnName, isNumeric, TIMING_COLUMNS } from './timing-columns'

export const PERCENTILES = [0.5, 0.9, 0.99] as const

export type ColumnSummary = { count: number; percentiles: readonly (number | undefined)[] }

/** For each column of measurements its percentiles over the rows that have a value. */
export function summarizeColumns(
  rows: readonly TimingRow[],
): Partial<Record<ColumnName, ColumnSummary>> {
  const values = new Float64Array(rows.length)
  return Object.fromEntries(
    TIMING_COLUMNS.filter(isNumeric).map(({ name, read }) => {
      let count = 0
      for (const row of rows) {
        const value = read(row)
        if (typeof value !== 'number') continue
        values[count] = value
        count += 1
      }
      const sorted = values.slice(0, count).sort()
      return [name, { count, percentiles: PERCENTILES.map((p) => percentileOfSorted(sorted, p)) }]
    }),
  )
}
