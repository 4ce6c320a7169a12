import type { FileHandle } from 'node:fs/promises'
import type { BatchRowStatus } from '@/lib/domain/batch'
import { AppError } from '@/lib/domain/error'
import type { JournalIndex } from './create-journal-index'

const READ_BYTES = 1024 * 1024
const NEWLINE = 0x0a
const STATUSES: readonly BatchRowStatus[] = ['complete', 'interrupted', 'failed']

/**
 * Enters what the file holds, and gives the end of its last whole line: what follows was torn by a
 * crash. A line that cannot be read stands for no row.
 * @throws {AppError} storage_failed
 */
export async function readJournal({
  handle,
  index,
}: {
  handle: FileHandle
  index: JournalIndex
}): Promise<number> {
  let endBytes = 0
  let rest = Buffer.alloc(0)
  const chunk = Buffer.alloc(READ_BYTES)
  for (let at = 0; ; ) {
    const { bytesRead } = await handle.read(chunk, 0, READ_BYTES, at).catch((cause) => {
      throw new AppError('storage_failed', { cause })
    })
    if (bytesRead === 0) return endBytes
    at += bytesRead
    const bytes = Buffer.concat([rest, chunk.subarray(0, bytesRead)])
    let from = 0
    for (;;) {
      const newline = bytes.indexOf(NEWLINE, from)
      if (newline === -1) break
      const length = newline + 1 - from
      const entry = parseEntry(bytes.toString('utf8', from, newline))
      if (entry !== undefined) index.set({ ...entry, at: endBytes, bytes: length })
      endBytes += length
      from = newline + 1
    }
    rest = bytes.subarray(from)
  }
}

function parseEntry(line: string): { row: number; status: BatchRowStatus } | undefined {
  try {
    const { index, status } = JSON.parse(line)
    const known = STATUSES.find((one) => one === status)
    if (!Number.isSafeInteger(index) || index < 0 || known === undefined) return undefined
    return { row: index, status: known }
  } catch {
    return undefined
  }
}
