import { createReadStream } from 'node:fs'
import { access, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { BatchRecord } from '@/lib/domain/batch'
import { AppError, isAppError } from '@/lib/domain/error'
import { openJournal, type ResultJournal } from './open-journal'
import { createPreviewWriter, type Preview, type PreviewWriter, readPreviews } from './preview-file'

/** The batches of a server, a folder each. Every call rejects with an AppError. */
export type BatchFiles = {
  /** Removes what is left of uploads that never became a batch; while none is under way. */
  sweep(): Promise<void>
  /** The newest first; what cannot be read is left out. */
  list(): Promise<BatchRecord[]>
  /** Keeps an input as it streams in. @throws {AppError} batch_too_large; nothing is left of it */
  writeInput(options: {
    id: string
    chunks: AsyncIterable<Uint8Array>
    limitBytes: number
  }): Promise<{ inputBytes: number }>
  /** Whole or not at all. */
  save(record: BatchRecord): Promise<void>
  readInput(id: string): AsyncIterable<Uint8Array>
  openJournal(id: string): Promise<ResultJournal>
  writePreviews(id: string): Promise<PreviewWriter>
  readPreviews(options: { id: string; first: number; count: number }): Promise<Preview[]>
  remove(id: string): Promise<void>
}

export function createBatchFiles(folder: string): BatchFiles {
  const place = (id: string, name = '') => join(folder, id, name)
  return {
    sweep: () => guard(removeUnfinished(folder)),
    list: () => guard(listRecords(folder)),
    async writeInput({ id, chunks, limitBytes }) {
      await guard(mkdir(place(id), { recursive: true, mode: 0o700 }))
      return await writeInput({ file: place(id, 'input'), chunks, limitBytes }).catch(
        async (error) => {
          await rm(place(id), { recursive: true, force: true })
          throw isAppError(error) ? error : new AppError('storage_failed', { cause: error })
        },
      )
    },
    save: (record) => guard(writeWhole(place(record.id, 'batch.json'), JSON.stringify(record))),
    readInput: (id) => createReadStream(/* turbopackIgnore: true */ place(id, 'input')),
    openJournal: (id) => openJournal({ file: place(id, 'results.jsonl') }),
    writePreviews: (id) => guard(createPreviewWriter(place(id, 'previews'))),
    readPreviews: ({ id, ...stretch }) =>
      guard(readPreviews({ file: place(id, 'previews'), ...stretch })),
    remove: (id) => guard(rm(place(id), { recursive: true, force: true })),
  }
}

async function removeUnfinished(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const isBatch = await access(join(folder, name, 'batch.json')).then(
      () => true,
      (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
    )
    if (!isBatch) await rm(join(folder, name), { recursive: true, force: true })
  }
}

async function listRecords(folder: string): Promise<BatchRecord[]> {
  const names = await readdir(folder).catch(() => [])
  const records = await Promise.all(
    names.map((name) =>
      readFile(join(folder, name, 'batch.json'), 'utf8').then(parseRecord, () => undefined),
    ),
  )
  return records
    .filter((record) => record !== undefined)
    .sort((a, b) => b.createdAtMs - a.createdAtMs)
}

/** Our own server wrote it, whole. */
function parseRecord(text: string): BatchRecord | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

async function writeInput(options: {
  file: string
  chunks: AsyncIterable<Uint8Array>
  limitBytes: number
}): Promise<{ inputBytes: number }> {
  const { file, chunks, limitBytes } = options
  const handle = await open(file, 'wx', 0o600)
  let inputBytes = 0
  try {
    for await (const chunk of chunks) {
      inputBytes += chunk.byteLength
      if (inputBytes > limitBytes) throw new AppError('batch_too_large')
      await handle.writeFile(chunk)
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
  return { inputBytes }
}

async function writeWhole(file: string, text: string): Promise<void> {
  const part = `${file}.part`
  const handle = await open(part, 'w', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(part, file)
}

async function guard<Value>(promise: Promise<Value>): Promise<Value> {
  return await promise.catch((cause) => {
    throw new AppError('storage_failed', { cause })
  })
}
