import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TipsRecord } from '@/lib/domain/tips'
import { parseTipsRecord } from './tips-record.schema'

export type TipsFiles = {
  /** Whole or not at all. */
  save(record: TipsRecord): Promise<void>
  /** Oldest first; what is no record is left out. */
  list(): Promise<TipsRecord[]>
}

/** The recorded runs of the tips' workload: one JSON file each, in the folder `tips` of DATA_DIR. */
export function createTipsFiles({ dataDir }: { dataDir: string }): TipsFiles {
  const folder = join(dataDir, 'tips')
  return {
    async save(record) {
      await mkdir(folder, { recursive: true })
      const stamp = new Date(record.startedAtMs).toISOString().replaceAll(/[:.]/g, '-')
      const file = join(folder, `${stamp}-${record.id.slice(0, 8)}.json`)
      await writeFile(`${file}.new`, `${JSON.stringify(record, null, 2)}\n`)
      await rename(`${file}.new`, file)
    },
    async list() {
      const names = await readdir(folder).catch((): string[] => [])
      const files = names.filter((name) => name.endsWith('.json')).toSorted()
      const records = await Promise.all(files.map((name) => read(join(folder, name))))
      return records
        .filter((record) => record !== undefined)
        .toSorted((a, b) => a.startedAtMs - b.startedAtMs)
    },
  }
}

async function read(file: string): Promise<TipsRecord | undefined> {
  return parseTipsRecord(await readFile(file, 'utf8').catch(() => ''))
}
