import type { ReplyStatus } from '@/lib/domain/message'
import type { TimingFilter, TimingRow } from '@/lib/domain/timing-row'

export const FILTER_STATUSES: readonly ReplyStatus[] = [
  'complete',
  'stopped',
  'interrupted',
  'failed',
  'streaming',
]

/** What the table can be narrowed by; the names are those of the page's address and of our api. */
export type RowFilter = Pick<TimingFilter, 'threadId' | 'model' | 'status' | 'slowerThanMs'>

export const FILTER_NAMES = ['threadId', 'model', 'status', 'slowerThanMs'] as const

/** What cannot be read selects nothing away. */
export function parseFilter(params: { get(name: string): string | null }): RowFilter {
  const threadId = params.get('threadId')
  const model = params.get('model')
  const status = FILTER_STATUSES.find((one) => one === params.get('status'))
  const slowerThanMs = parseMs(params.get('slowerThanMs'))
  return {
    ...(threadId ? { threadId } : {}),
    ...(model ? { model } : {}),
    ...(status === undefined ? {} : { status }),
    ...(slowerThanMs === undefined ? {} : { slowerThanMs }),
  }
}

function parseMs(text: string | null): number | undefined {
  const value = Number(text)
  return text === null || text.trim() === '' || !(value >= 0) ? undefined : value
}

export function toFilterParams(filter: RowFilter): URLSearchParams {
  const params = new URLSearchParams()
  for (const name of FILTER_NAMES) {
    const value = filter[name]
    if (value !== undefined) params.set(name, String(value))
  }
  return params
}

/** The same array where nothing is filtered away. */
export function filterRows({
  rows,
  filter,
}: {
  rows: readonly TimingRow[]
  filter: RowFilter
}): readonly TimingRow[] {
  const { threadId, model, status, slowerThanMs } = filter
  if (FILTER_NAMES.every((name) => filter[name] === undefined)) return rows
  return rows.filter(
    (row) =>
      (threadId === undefined || row.threadId === threadId) &&
      (model === undefined || row.model === model) &&
      (status === undefined || row.status === status) &&
      (slowerThanMs === undefined || (row.timing?.ttftMs ?? -1) > slowerThanMs),
  )
}

export type FilterChoices = { models: string[]; threads: { id: string; question: string }[] }

const MAX_THREADS = 100

/** What there is to choose from: every model, and the threads asked most recently, by their newest question on show. */
export function listChoices(rows: readonly TimingRow[]): FilterChoices {
  const models = new Set<string>()
  const threads = new Map<string, string>()
  for (const { model, threadId, question } of rows) {
    if (model !== undefined) models.add(model)
    if (!threads.has(threadId) && threads.size < MAX_THREADS) threads.set(threadId, question)
  }
  return {
    models: [...models].sort(),
    threads: [...threads].map(([id, question]) => ({ id, question })),
  }
}
