import { createHash } from 'node:crypto'
import {
  type BatchEntry,
  type BatchReading,
  type BatchRow,
  type BatchScan,
  MAX_BATCH_ROWS,
} from '@/lib/domain/batch'
import { AppError } from '@/lib/domain/error'
import { readBatch } from './read-batch'

const MAX_LISTED_BAD = 1000
const MAX_SAMPLES = 5

/**
 * Goes through a whole input once, holding none of it: what can be asked, and what cannot and why.
 * `onRow` sees every row in order.
 * @throws {AppError} batch_too_large beyond 100,000 rows
 */
export async function scanBatch(options: {
  chunks: AsyncIterable<Uint8Array>
  reading: BatchReading
  onRow?: (row: BatchRow) => void | Promise<void>
}): Promise<BatchScan> {
  const { reading, onRow } = options
  const hash = createHash('sha256')
  const scan: BatchScan = { rows: 0, badRows: 0, bad: [], samples: [], sha256: '' }
  for await (const entry of readBatch({ chunks: hashed(options.chunks, hash), reading })) {
    note(scan, entry)
    if (entry.kind === 'row') await onRow?.(entry.row)
    if (scan.rows > MAX_BATCH_ROWS) {
      throw new AppError('batch_too_large', { details: { limitRows: MAX_BATCH_ROWS } })
    }
  }
  return { ...scan, sha256: hash.digest('hex') }
}

function note(scan: BatchScan, entry: BatchEntry): void {
  if (entry.kind === 'columns') scan.columns = entry.columns
  else if (entry.kind === 'bad') {
    scan.badRows += 1
    if (scan.bad.length < MAX_LISTED_BAD) scan.bad.push(entry.bad)
  } else {
    scan.rows += 1
    if (scan.samples.length < MAX_SAMPLES) scan.samples.push(toPrompt(entry.row))
  }
}

/** The newest question of a row. */
export function toPrompt({ messages }: Pick<BatchRow, 'messages'>): string {
  return messages.at(-1)?.content ?? ''
}

async function* hashed(
  chunks: AsyncIterable<Uint8Array>,
  hash: ReturnType<typeof createHash>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) {
    hash.update(chunk)
    yield chunk
  }
}
