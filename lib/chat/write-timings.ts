import type { BenchSummary, GoodputTargets } from '@/lib/domain/bench-summary'
import type { TimingRow } from '@/lib/domain/timing-row'
import { formatCsvLine } from '@/lib/timing/format-csv'
import { createTimingSummary } from '@/lib/timing/summarize-timings'
import { TIMING_RECORD_FIELDS, toTimingRecord } from '@/lib/timing/to-timing-record'
import type { TimingSource } from './read-timing-pages'

type Pages = AsyncIterable<TimingRow[]>

/** A TimingPage of all rows as JSON text, piece by piece: fifty thousand rows are never one string. */
export async function* writeTimingPage({
  pages,
  cursor,
}: {
  pages: Pages
  cursor: string
}): AsyncGenerator<string, void, undefined> {
  const rest = JSON.stringify({ goneIds: [], isWhole: true, cursor }).slice(1)
  let lead = '{"rows":['
  for await (const rows of pages) {
    yield lead + rows.map((row) => JSON.stringify(row)).join(',')
    lead = ','
  }
  yield `${lead === ',' ? '' : lead}],${rest}`
}

/** One JSON object a line. */
export async function* writeJsonl(pages: Pages): AsyncGenerator<string, void, undefined> {
  for await (const rows of pages) {
    yield rows.map((row) => `${JSON.stringify(toTimingRecord(row))}\n`).join('')
  }
}

export async function* writeCsv(pages: Pages): AsyncGenerator<string, void, undefined> {
  yield formatCsvLine(TIMING_RECORD_FIELDS)
  for await (const rows of pages) {
    yield rows
      .map(toTimingRecord)
      .map((record) => formatCsvLine(TIMING_RECORD_FIELDS.map((field) => record[field])))
      .join('')
  }
}

/** Enough for exact percentiles of the gaps between tokens, and little enough to hold. */
const MAX_GAPS = 2_000_000

/** The gaps between tokens are those of the newest replies, two million of them at most. */
export async function summarizePages(options: {
  pages: Pages
  source: Pick<TimingSource, 'listGaps'>
  goodput: GoodputTargets
}): Promise<BenchSummary> {
  const summary = createTimingSummary(options.goodput)
  let count = 0
  for await (const rows of options.pages) {
    const ids = rows.map(({ messageId }) => messageId)
    const gaps = count < MAX_GAPS ? await options.source.listGaps(ids) : new Map<string, number[]>()
    for (const row of rows) {
      const own = gaps.get(row.messageId) ?? []
      count += own.length
      summary.add(row, own)
    }
  }
  return summary.result()
}
