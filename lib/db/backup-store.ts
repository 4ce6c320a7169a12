import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import SqliteDriver from 'better-sqlite3'
import { connect, isPostgresUrl } from './connect'
import { copyTables } from './copy-tables'
import { holdDatabase } from './hold-database'
import { lockDataDir } from './lock-data-dir'
import type { Database } from './schema'

/** What stands in the way; its message is for the one who typed the command. */
export class BackupError extends Error {
  override name = 'BackupError'
}

type Place = { database: string; dataDir: string }

/**
 * All that is stored, as one SQLite file, while the server goes on: as it was at one moment.
 * @throws {BackupError} when the file exists, or there is nothing to back up
 */
export async function backupStore(options: { database: string; file: string }): Promise<void> {
  const { database } = options
  const file = resolve(options.file)
  if (existsSync(file)) throw new BackupError(`${file} exists: a backup overwrites nothing.`)
  const part = `${file}.part`
  removeSqlite(part)
  if (isPostgresUrl(database)) {
    const [from, to] = [await connect(database), await connect(part)]
    await copyTables({ from, to })
    await Promise.all([from.destroy(), to.destroy()])
  } else {
    await copyFile(database, part)
  }
  checkFile(part)
  renameSync(part, file)
}

/**
 * A backup in the place of what is stored; no server may run. What was there is refused to be lost:
 * with `isReplacing` an SQLite file is set aside and a Postgres database is emptied.
 * @throws {BackupError}
 * @throws {DataDirLockedError} {DatabaseInUseError} while a server runs
 */
export async function restoreStore(
  options: Place & { file: string; isReplacing: boolean },
): Promise<{ setAside?: string }> {
  const { database, dataDir } = options
  const file = resolve(options.file)
  if (!existsSync(file)) throw new BackupError(`${file} is not there.`)
  checkFile(file)
  const lock = await lockDataDir(dataDir)
  try {
    return isPostgresUrl(database)
      ? await restorePostgres({ ...options, file })
      : await restoreSqlite({ ...options, file })
  } finally {
    lock.release()
  }
}

async function restoreSqlite(options: {
  database: string
  file: string
  isReplacing: boolean
}): Promise<{ setAside?: string }> {
  const { database, file, isReplacing } = options
  const isThere = existsSync(database)
  if (isThere && !isReplacing) throw new BackupError(takenMessage(database))
  const part = `${database}.restored`
  removeSqlite(part)
  await copyFile(file, part)
  await (await connect(part)).destroy()
  const setAside = `${database}.${new Date().toISOString().replaceAll(':', '-')}`
  if (isThere) {
    // What its write-ahead log holds goes into the file first.
    const old = new SqliteDriver(database)
    old.pragma('wal_checkpoint(TRUNCATE)')
    old.close()
    renameSync(database, setAside)
  }
  for (const end of ['-wal', '-shm']) rmSync(`${database}${end}`, { force: true })
  renameSync(part, database)
  return isThere ? { setAside } : {}
}

async function restorePostgres(options: {
  database: string
  file: string
  isReplacing: boolean
}): Promise<Record<string, never>> {
  const { database, file, isReplacing } = options
  const held = await holdDatabase({ url: database, onLost: () => undefined })
  const copy = `${file}.migrated`
  let to: Database | undefined
  try {
    to = await connect(database)
    const known = await to.selectFrom('threads').select('id').limit(1).executeTakeFirst()
    if (known !== undefined && !isReplacing) throw new BackupError(takenMessage('the database'))
    removeSqlite(copy)
    await copyFile(file, copy)
    const from = await connect(copy)
    await emptyTables(to)
    await copyTables({ from, to })
    await from.destroy()
    return {}
  } finally {
    removeSqlite(copy)
    await to?.destroy()
    await held.release()
  }
}

async function emptyTables(db: Database): Promise<void> {
  const tables = await db.introspection.getTables()
  await db.transaction().execute(async (tx) => {
    await tx.deleteFrom('threads').execute()
    for (const { name } of tables) await tx.deleteFrom(name as 'settings').execute()
  })
}

/** In one step: the copy is of one moment, and a writer beside it neither waits nor begins it anew. */
async function copyFile(from: string, to: string): Promise<void> {
  if (!existsSync(from)) throw new BackupError(`${from} is not there: nothing is stored yet.`)
  mkdirSync(dirname(to), { recursive: true })
  const source = new SqliteDriver(from, { readonly: true })
  try {
    await source.backup(to, { progress: () => 2 ** 31 - 1 })
  } finally {
    source.close()
  }
}

function checkFile(file: string): void {
  let found = ''
  try {
    const driver = new SqliteDriver(file, { readonly: true })
    found = String(driver.pragma('integrity_check', { simple: true }))
    const tables = driver.prepare("select name from sqlite_master where name = 'threads'").all()
    if (tables.length === 0) found = 'it holds no conversations'
    driver.close()
  } catch (error) {
    found = error instanceof Error ? error.message : String(error)
  }
  if (found !== 'ok') throw new BackupError(`${file} is no whole backup: ${found}.`)
}

function takenMessage(place: string): string {
  return `${place} holds conversations already: with --replace the backup takes their place.`
}

function removeSqlite(file: string): void {
  for (const end of ['', '-wal', '-shm', '-journal']) rmSync(`${file}${end}`, { force: true })
}
