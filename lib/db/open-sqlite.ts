import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import SqliteDriver from 'better-sqlite3'
import { Kysely } from 'kysely'
import { keepPrepared } from './keep-prepared'
import type { Database, Tables } from './schema'
import { EscapingSqliteDialect, unescapeResults } from './stored-text'

const drivers = new WeakMap<Database, SqliteDriver.Database>()

export function openSqlite(file: string): Database {
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true })
  const driver = new SqliteDriver(file)
  // Before anything else is written: what is deleted is to leave the file.
  driver.pragma('auto_vacuum = INCREMENTAL')
  driver.pragma('journal_mode = WAL')
  // FULL: an acknowledged message survives the loss of power, not only of the process.
  driver.pragma('synchronous = FULL')
  driver.pragma('foreign_keys = ON')
  driver.pragma('secure_delete = FAST')
  // The file of an older version has to be written anew, once.
  if (driver.pragma('auto_vacuum', { simple: true }) === 0) {
    driver.pragma('auto_vacuum = INCREMENTAL')
    driver.exec('vacuum')
  }
  const db: Database = new Kysely<Tables>({
    dialect: new EscapingSqliteDialect({ database: keepPrepared(driver) }),
    plugins: [unescapeResults],
  })
  drivers.set(db, driver)
  return db
}

/** For what no query can do. */
export function driverOf(db: Database): SqliteDriver.Database {
  const driver = drivers.get(db)
  if (driver === undefined) throw new Error('this store is no SQLite file')
  return driver
}
