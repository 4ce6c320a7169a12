import { setImmediate as nextTurn } from 'node:timers/promises'
import type { TimingFilter, TimingRow } from '@/lib/domain/timing-row'

type Place = { createdAtMs: number; position: number; messageId: string }

export type TimingSource = {
  listTimingPage(options: {
    filter: TimingFilter
    limit: number
    after?: Place | undefined
  }): Promise<{ rows: TimingRow[]; next?: Place }>
  listGaps(messageIds: readonly string[]): Promise<Map<string, number[]>>
}

const PAGE_ROWS = 250

/** Rows of many replies, newest first, in pages: between two of them others have their turn. */
export async function* readTimingPages(options: {
  source: Pick<TimingSource, 'listTimingPage'>
  filter: TimingFilter
  limit: number
}): AsyncGenerator<TimingRow[], void, undefined> {
  const { source, filter } = options
  let left = options.limit
  let after: Place | undefined
  while (left > 0) {
    const page = await source.listTimingPage({ filter, limit: Math.min(left, PAGE_ROWS), after })
    if (page.rows.length > 0) yield page.rows
    left -= page.rows.length
    after = page.next
    if (after === undefined) return
    await nextTurn()
  }
}
