import { closeSync, mkdirSync, openSync, statSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { hasCode } from '@/lib/process/has-code'
import { type Holder, isAlive, readHolder, startOf } from '@/lib/process/holder'

/** Another server uses this folder; its message says which and what to do. */
export class DataDirLockedError extends Error {
  override name = 'DataDirLockedError'
  readonly pid: number | undefined

  constructor(dataDir: string, pid: number | undefined) {
    const who = pid === undefined ? 'another process' : `the process ${pid}`
    super(
      `${dataDir} is in use by ${who}: one server a DATA_DIR. End that one, or set another DATA_DIR.`,
    )
    this.pid = pid
  }
}

const RETRY_MS = 20
const TRIES = 150
/** Taking over is a matter of microseconds; who died in the middle of it is no longer waited for. */
const TAKEOVER_LIMIT_MS = 2000

/**
 * Makes this process the only server of the folder, by a file `lock` that names it. The lock of a
 * process that is gone is taken over.
 * @throws {DataDirLockedError} while its holder lives
 */
export async function lockDataDir(dataDir: string): Promise<{ release: () => void }> {
  mkdirSync(dataDir, { recursive: true })
  const file = join(dataDir, 'lock')
  const own: Holder = { pid: process.pid, startedAt: startOf(process.pid) ?? '' }
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (createFile(file, own)) return { release: () => release(file, own) }
    const holder = readHolder(file)
    if (holder === 'gone') continue
    // Half written: its maker is about to finish, or died there.
    if (holder !== 'unreadable' && isAlive(holder))
      throw new DataDirLockedError(dataDir, holder.pid)
    if (holder !== 'unreadable' || ageMs(file) > TAKEOVER_LIMIT_MS) removeStale(file)
    await delay(RETRY_MS)
  }
  const last = readHolder(file)
  throw new DataDirLockedError(dataDir, typeof last === 'string' ? undefined : last.pid)
}

/** One process at a time looks again and removes, so that no one removes the lock of a new holder. */
function removeStale(file: string): void {
  const turn = `${file}.takeover`
  if (!createFile(turn, { pid: process.pid, startedAt: '' })) {
    if (ageMs(turn) > TAKEOVER_LIMIT_MS) unlinkQuietly(turn)
    return
  }
  try {
    const holder = readHolder(file)
    const isStale =
      holder === 'unreadable'
        ? ageMs(file) > TAKEOVER_LIMIT_MS
        : holder !== 'gone' && !isAlive(holder)
    if (isStale) unlinkQuietly(file)
  } finally {
    unlinkQuietly(turn)
  }
}

function createFile(file: string, holder: Holder): boolean {
  let descriptor: number
  try {
    descriptor = openSync(file, 'wx', 0o600)
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    throw error
  }
  try {
    writeSync(descriptor, `${JSON.stringify(holder)}\n`)
  } finally {
    closeSync(descriptor)
  }
  return true
}

function release(file: string, own: Holder): void {
  const holder = readHolder(file)
  if (typeof holder === 'string') return
  if (holder.pid === own.pid && holder.startedAt === own.startedAt) unlinkQuietly(file)
}

function ageMs(file: string): number {
  try {
    return Date.now() - statSync(file).mtimeMs
  } catch {
    return 0
  }
}

function unlinkQuietly(file: string): void {
  try {
    unlinkSync(file)
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error
  }
}
