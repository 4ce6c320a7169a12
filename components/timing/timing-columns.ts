import type { TimingRow } from '@/lib/domain/timing-row'

export type ColumnName =
  | 'time'
  | 'question'
  | 'status'
  | 'model'
  | 'ttft'
  | 'overhead'
  | 'queue'
  | 'prefill'
  | 'other'
  | 'decode'
  | 'itlP50'
  | 'itlP95'
  | 'itlMax'
  | 'rate'
  | 'prompt'
  | 'cached'
  | 'completion'
  | 'e2el'
  | 'browser'

/** Key of the reason in `debug`, shown where a row has timing but not this figure. */
export type MissingKey =
  | 'notReported'
  | 'notReported_queue'
  | 'notReported_cached'
  | 'notReported_other'
  | 'notReported_itl'
  | 'notReported_rate'
  | 'notReported_browser'
  | 'notReported_ttft'

export type TimingColumn = {
  name: ColumnName
  kind: 'time' | 'question' | 'status' | 'text' | 'ms' | 'rate' | 'count'
  read: (row: TimingRow) => number | string | undefined
  missing: MissingKey
}

export const TIMING_COLUMNS: readonly TimingColumn[] = [
  { name: 'time', kind: 'time', read: (row) => row.createdAtMs, missing: 'notReported' },
  { name: 'question', kind: 'question', read: (row) => row.question, missing: 'notReported' },
  { name: 'status', kind: 'status', read: (row) => row.status, missing: 'notReported' },
  column('ttft', 'ms', 'notReported_ttft', (row) => row.timing?.ttftMs),
  column('overhead', 'ms', 'notReported', (row) => row.timing?.overheadMs),
  column('queue', 'ms', 'notReported_queue', (row) => row.timing?.queueMs),
  column('prefill', 'ms', 'notReported_queue', (row) => row.timing?.prefillMs),
  column('other', 'ms', 'notReported_other', (row) => row.timing?.otherMs),
  column('decode', 'ms', 'notReported_queue', (row) => row.timing?.decodeMs),
  column('itlP50', 'ms', 'notReported_itl', (row) => row.timing?.interTokenMs?.p50),
  column('itlP95', 'ms', 'notReported_itl', (row) => row.timing?.interTokenMs?.p95),
  column('itlMax', 'ms', 'notReported_itl', (row) => row.timing?.interTokenMs?.max),
  column('rate', 'rate', 'notReported_rate', (row) => row.timing?.tokensPerSecond),
  column('prompt', 'count', 'notReported', (row) => row.timing?.promptTokens),
  column('cached', 'count', 'notReported_cached', (row) => row.timing?.cachedTokens),
  column('completion', 'count', 'notReported', (row) => row.timing?.completionTokens),
  column('e2el', 'ms', 'notReported', (row) => row.timing?.e2elMs),
  column('browser', 'ms', 'notReported_browser', (row) => row.paint?.browserTtftMs),
  { name: 'model', kind: 'text', read: (row) => row.model, missing: 'notReported' },
]

function column(
  name: ColumnName,
  kind: 'ms' | 'rate' | 'count',
  missing: MissingKey,
  read: (row: TimingRow) => number | undefined,
): TimingColumn {
  return { name, kind, missing, read }
}

export type Sorting = { name: ColumnName; isDescending: boolean }

/** Sorted by one column; what has no value stands last in either direction, equals keep their order. */
export function sortRows({
  rows,
  sorting,
}: {
  rows: readonly TimingRow[]
  sorting: Sorting
}): TimingRow[] {
  const read = TIMING_COLUMNS.find(({ name }) => name === sorting.name)?.read
  if (read === undefined) return [...rows]
  const sign = sorting.isDescending ? -1 : 1
  return [...rows].sort((one, other) => {
    const [a, b] = [read(one), read(other)]
    if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined)
    if (typeof a === 'number' && typeof b === 'number') return sign * (a - b)
    return sign * String(a).localeCompare(String(b))
  })
}

/** The reasons that the rows on show give for their gaps: each column once. */
export function listGaps(rows: readonly TimingRow[]): { name: ColumnName; missing: MissingKey }[] {
  const timed = rows.filter(({ timing }) => timing !== undefined)
  return TIMING_COLUMNS.filter(({ read }) => timed.some((row) => read(row) === undefined)).map(
    ({ name, missing }) => ({ name, missing }),
  )
}
