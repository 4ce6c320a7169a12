import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type ResultFormat, writeResults } from '@/lib/batch/write-results'
import { openJournal, type ResultJournal } from '@/lib/batch-files/open-journal'
import { DataDirLockedError, lockDataDir } from '@/lib/db/lock-data-dir'
import type { BatchPlan, BatchReading, BatchScan } from '@/lib/domain/batch'
import { UsageError } from './parse-arguments'

/** What must be the same for a run to go on: other questions or another model give other answers. */
type WorkKey = Pick<BatchPlan, 'sampling' | 'systemPrompt' | 'model'> & {
  reading: BatchReading
  sha256: string
}

export type Work = {
  journal: ResultJournal
  close(): Promise<void>
  /** Removes the folder: everything is in the output. */
  remove(): Promise<void>
}

export function toWorkFolder(out: string): string {
  return `${out}.batch`
}

/** Makes this process the only one that works on an output. @throws {UsageError} while another does */
export async function lockWork(folder: string): Promise<{ release: () => void }> {
  return await lockDataDir(folder).catch((error) => {
    if (!(error instanceof DataDirLockedError)) throw error
    throw new UsageError(`The process ${error.pid ?? ''} works on this output already.`)
  })
}

/**
 * Opens the journal of an output, to begin or to go on.
 * @throws {UsageError} when what is there belongs to something else
 */
export async function openWork(options: {
  out: string
  scan: BatchScan
  reading: BatchReading
  plan: BatchPlan
  isRestart: boolean
}): Promise<Work> {
  const { out, scan, reading, plan, isRestart } = options
  const folder = toWorkFolder(out)
  const keyFile = join(folder, 'batch.json')
  const resultFile = join(folder, 'results.jsonl')
  const { sampling, systemPrompt, model } = plan
  const key: WorkKey = {
    sha256: scan.sha256,
    reading,
    sampling,
    ...(systemPrompt === undefined ? {} : { systemPrompt }),
    ...(model === undefined ? {} : { model }),
  }
  const known = isRestart ? undefined : await readFile(keyFile, 'utf8').catch(() => undefined)
  if (known !== undefined && known !== toText(key)) {
    throw new UsageError(
      `${folder} holds a run of another input or other settings. --restart begins anew, another --out keeps both.`,
    )
  }
  if (known === undefined) {
    if (!isRestart && (await isThere(out))) {
      throw new UsageError(`${out} is there already. --restart writes it anew.`)
    }
    await rm(resultFile, { force: true })
    await writeWhole({ file: keyFile, pieces: [toText(key)] })
  }
  const journal = await openJournal({ file: resultFile })
  return {
    journal,
    close: journal.close,
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** All that is in the journal, in the place of what was there before: whole or not at all. */
export async function writeOutput(options: {
  out: string
  journal: Pick<ResultJournal, 'list'>
  format: ResultFormat
  order: 'input' | 'done'
}): Promise<void> {
  const { out, journal, format, order } = options
  await mkdir(dirname(out), { recursive: true })
  const list = () => journal.list(order)
  await writeWhole({ file: out, pieces: writeResults({ format, list, batchId: basename(out) }) })
}

async function writeWhole(options: {
  file: string
  pieces: AsyncIterable<string> | Iterable<string>
}): Promise<void> {
  const { file, pieces } = options
  const part = `${file}.part`
  const handle = await open(part, 'w', 0o600)
  try {
    for await (const piece of pieces) await handle.writeFile(piece)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(part, file)
}

async function isThere(file: string): Promise<boolean> {
  return await stat(file).then(
    () => true,
    () => false,
  )
}

function toText(key: WorkKey): string {
  return `${JSON.stringify(key)}\n`
}
