import { type FileHandle, open } from 'node:fs/promises'
import type { BatchResult, BatchRowStatus } from '@/lib/domain/batch'
import { AppError } from '@/lib/domain/error'
import { createJournalIndex, type JournalIndex, type JournalPlace } from './create-journal-index'
import { readJournal } from './read-journal'

export type StatusCounts = Record<BatchRowStatus, number>

/** The results of one batch on disk, one JSON object a line. */
export type ResultJournal = {
  count(): number
  counts(): StatusCounts
  has(index: number): boolean
  statusOf(index: number): BatchRowStatus | undefined
  /**
   * Resolves when the system has it: the end of this process takes nothing away any more, the end of
   * the machine what is younger than the sync. A later result of a row stands in the place of an earlier one.
   * @throws {AppError} storage_failed; nothing half written is left
   */
  append(result: BatchResult): Promise<void>
  read(index: number): Promise<BatchResult | undefined>
  /** By row, or as they came. Those that come meanwhile are left out. */
  list(order: 'input' | 'done'): AsyncGenerator<BatchResult, void, undefined>
  /** Writes what is left, and syncs. */
  close(): Promise<void>
}

const SYNC_MS = 500
const WINDOW_BYTES = 256 * 1024

type Waiting = { result: BatchResult; resolve: () => void; reject: (error: AppError) => void }

/**
 * Opens or creates it. A last line that a crash tore is cut off; its row is asked again.
 * @throws {AppError} storage_failed
 */
export async function openJournal({
  file,
  syncMs = SYNC_MS,
}: {
  file: string
  /** Time from a write to its sync, at most. */
  syncMs?: number
}): Promise<ResultJournal> {
  const handle = await open(file, 'a+', 0o600).catch((cause) => {
    throw toStorageError(cause)
  })
  const index = createJournalIndex()
  const endBytes = await readJournal({ handle, index })
  await handle.truncate(endBytes)
  const writer = createWriter({ handle, index, endBytes, syncMs })
  return {
    count: index.count,
    counts: index.counts,
    has: (row) => index.statusOf(row) !== undefined,
    statusOf: index.statusOf,
    append: writer.append,
    read: (row) => readResult({ handle, index, row }),
    async *list(order) {
      const window = createReadWindow(handle)
      for (const row of index.rows(order)) {
        const place = index.placeOf(row)
        if (place !== undefined) yield parseResult(await window.read(place))
      }
    },
    async close() {
      await writer.close()
      await handle.close()
    },
  }
}

function createWriter(options: {
  handle: FileHandle
  index: JournalIndex
  endBytes: number
  syncMs: number
}) {
  const { handle, index, syncMs } = options
  let endBytes = options.endBytes
  let waiting: Waiting[] = []
  let writing: Promise<void> | undefined
  let syncTimer: NodeJS.Timeout | undefined

  async function write(batch: readonly Waiting[]): Promise<void> {
    const lines = batch.map(({ result }) => Buffer.from(`${JSON.stringify(result)}\n`))
    try {
      await writeAll({ handle, bytes: Buffer.concat(lines) })
    } catch (cause) {
      await handle.truncate(endBytes).catch(() => undefined)
      for (const { reject } of batch) reject(toStorageError(cause))
      return
    }
    for (const [at, { result, resolve }] of batch.entries()) {
      const bytes = lines[at]?.byteLength ?? 0
      index.set({ row: result.index, status: result.status, at: endBytes, bytes })
      endBytes += bytes
      resolve()
    }
    // A disk that cannot sync cannot be told from here; the next write meets it.
    syncTimer ??= setTimeout(() => {
      syncTimer = undefined
      handle.datasync().catch(() => undefined)
    }, syncMs)
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      await write(batch)
    }
    writing = undefined
  }

  return {
    append: (result: BatchResult) =>
      new Promise<void>((resolve, reject) => {
        waiting.push({ result, resolve, reject })
        writing ??= drain()
      }),
    async close() {
      await writing
      clearTimeout(syncTimer)
      await handle.datasync().catch(() => undefined)
    },
  }
}

async function writeAll({ handle, bytes }: { handle: FileHandle; bytes: Buffer }): Promise<void> {
  let at = 0
  while (at < bytes.byteLength) {
    const { bytesWritten } = await handle.write(bytes, at)
    at += bytesWritten
  }
}

async function readResult(options: {
  handle: FileHandle
  index: JournalIndex
  row: number
}): Promise<BatchResult | undefined> {
  const { handle, index, row } = options
  const place = index.placeOf(row)
  if (place === undefined) return undefined
  const buffer = Buffer.alloc(place.bytes)
  await readInto({ handle, buffer, at: place.at })
  return parseResult(buffer)
}

/** Results of neighbouring rows stand near each other: many of them come with one look at the disk. */
function createReadWindow(handle: FileHandle) {
  let startBytes = 0
  let heldBytes = 0
  let buffer = Buffer.alloc(WINDOW_BYTES)
  return {
    async read({ at, bytes }: JournalPlace): Promise<Buffer> {
      const isHeld = at >= startBytes && at + bytes <= startBytes + heldBytes
      if (!isHeld) {
        startBytes = Math.max(0, at - WINDOW_BYTES / 4)
        const wanted = at - startBytes + bytes
        if (wanted > buffer.byteLength) buffer = Buffer.alloc(wanted)
        heldBytes = await readInto({ handle, buffer, at: startBytes })
      }
      return buffer.subarray(at - startBytes, at - startBytes + bytes)
    },
  }
}

async function readInto(options: {
  handle: FileHandle
  buffer: Buffer
  at: number
}): Promise<number> {
  const { handle, buffer, at } = options
  const { bytesRead } = await handle.read(buffer, 0, buffer.byteLength, at).catch((cause) => {
    throw toStorageError(cause)
  })
  return bytesRead
}

function parseResult(bytes: Buffer): BatchResult {
  return JSON.parse(bytes.toString('utf8'))
}

function toStorageError(cause: unknown): AppError {
  return new AppError('storage_failed', { cause })
}
