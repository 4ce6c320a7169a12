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
  | 'flags'

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
  | 'notReported_cut'

export type TimingColumn = {
  name: ColumnName
  kind: 'time' | 'question' | 'status' | 'text' | 'flags' | 'ms' | 'rate' | 'count'
  read: (row: TimingRow) => number | string | undefined
  missing: MissingKey
}

export const TIMING_COLUMNS: readonly TimingColumn[] = [
  { name: 'time', kind: 'time', read: (row) => row.createdAtMs, missing: 'notReported' },
  { name: 'question', kind: 'question', read: (row) => row.question, missing: 'notReported' },
  { name: 'status', kind: 'status', read: (row) => row.status, missing: 'notReported' },
  column('ttft', 'ms', 'notReported_ttft', (row) => row.timing?.ttftMs),
  column('queue', 'ms', 'notReported_queue', (row) => row.timing?.queueMs),
  column('prefill', 'ms', 'notReported_queue', (row) => row.timing?.prefillMs),
  column('overhead', 'ms', 'notReported', (row) => row.timing?.overheadMs),
  column('other', 'ms', 'notReported_other', (row) => row.timing?.otherMs),
  column('rate', 'rate', 'notReported_rate', (row) => row.timing?.tokensPerSecond),
  column('prompt', 'count', 'notReported', (row) => row.timing?.promptTokens),
  column('cached', 'count', 'notReported_cached', (row) => row.timing?.cachedTokens),
  column('completion', 'count', 'notReported', (row) => row.timing?.completionTokens),
  column('e2el', 'ms', 'notReported', (row) => row.timing?.e2elMs),
  { name: 'flags', kind: 'flags', read: (row) => row.flags?.length ?? 0, missing: 'notReported' },
  column('decode', 'ms', 'notReported_queue', (row) => row.timing?.decodeMs),
  column('itlP50', 'ms', 'notReported_itl', (row) => row.timing?.interTokenMs?.p50),
  column('itlP95', 'ms', 'notReported_itl', (row) => row.timing?.interTokenMs?.p95),
  column('itlMax', 'ms', 'notReported_itl', (row) => row.timing?.interTokenMs?.max),
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

/** The columns that hold a measurement: each has percentiles. */
export function isNumeric({ kind }: TimingColumn): boolean {
  return kind === 'ms' || kind === 'rate' || kind === 'count'
}

/** What an engine says with its last event only: of an answer that was cut before, no flag would bring it. */
const SAID_AT_THE_END: readonly ColumnName[] = [
  ...(['queue', 'prefill', 'other', 'decode', 'rate', 'prompt', 'cached', 'completion'] as const),
]

export function toMissingKey({
  row,
  column: { name, missing },
}: {
  row: TimingRow
  column: TimingColumn
}): MissingKey {
  const isCut = row.status !== 'complete' && SAID_AT_THE_END.includes(name)
  return isCut ? 'notReported_cut' : missing
}

/** The reasons that complete answers give for their gaps: each column once. */
export function listGaps(rows: readonly TimingRow[]): { name: ColumnName; missing: MissingKey }[] {
  const timed = rows.filter(({ status, timing }) => status === 'complete' && timing !== undefined)
  return TIMING_COLUMNS.filter(({ read }) => timed.some((row) => read(row) === undefined)).map(
    ({ name, missing }) => ({ name, missing }),
  )
}
