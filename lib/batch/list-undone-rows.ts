import type { BatchReading, BatchRow } from '@/lib/domain/batch'
import type { BatchJournal } from './batch-ports'
import { readRows } from './read-batch'

/** What is still to be asked, in the order of the input; with `isRetry` also the rows that failed or were cut. */
export async function* listUndoneRows(options: {
  chunks: AsyncIterable<Uint8Array>
  reading: BatchReading
  journal: Pick<BatchJournal, 'statusOf'>
  isRetry: boolean
}): AsyncGenerator<BatchRow, void, undefined> {
  const { journal, isRetry } = options
  for await (const row of readRows(options)) {
    const status = journal.statusOf(row.index)
    if (status === 'complete' || (status !== undefined && !isRetry)) continue
    yield row
  }
}
