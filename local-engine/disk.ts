import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { EngineFailure } from './engine-failure.ts'

const BYTES_PER_MB = 1e6

/** Whole megabytes (10⁶), as downloads are told. */
export function toMb(bytes: number): number {
  return Math.round(bytes / BYTES_PER_MB)
}

/** What a user may still write on the disk that holds the folder. */
export async function freeDiskBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}

/** @throws {EngineFailure} `no-space` with both figures. */
export async function requireDiskSpace(options: {
  folder: string
  neededBytes: number
  freeBytes?: (folder: string) => Promise<number>
}): Promise<void> {
  const { folder, neededBytes, freeBytes = freeDiskBytes } = options
  const free = await freeBytes(folder)
  if (free >= neededBytes) return
  throw new EngineFailure('no-space', {
    folder,
    needed_mb: toMb(neededBytes),
    free_mb: toMb(free),
  })
}

/** `undefined` where there is no such file. */
export async function fileBytes(path: string): Promise<number | undefined> {
  try {
    const found = await stat(path)
    return found.isFile() ? found.size : undefined
  } catch {
    return undefined
  }
}

export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash)
  return hash.digest('hex')
}

/** The files below a folder that still grows; what goes away meanwhile counts as nothing. */
export async function sumFiles(options: {
  folder: string
  isCounted?: (name: string) => boolean
}): Promise<number> {
  const { folder, isCounted = () => true } = options
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const sizes = entries
    .filter((entry) => entry.isFile() && isCounted(entry.name))
    .map((entry) => fileBytes(join(entry.parentPath, entry.name)))
  return (await Promise.all(sizes)).reduce<number>((total, size) => total + (size ?? 0), 0)
}
