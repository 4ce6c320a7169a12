import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import SqliteDriver from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import { AppError } from '@/lib/domain/error'
import { threadsMessagesTimings } from './migrations/001-threads-messages-timings'
import { tracesAndLedger } from './migrations/002-traces-and-ledger'
import { continuedReplies } from './migrations/003-continued-replies'
import { threadSampling } from './migrations/004-thread-sampling'
import { trims } from './migrations/005-trims'
import { threadList } from './migrations/006-thread-list'
import { search } from './migrations/007-search'
import type { Database, Tables } from './schema'

const MIGRATIONS: Record<string, Migration> = {
  '001-threads-messages-timings': threadsMessagesTimings,
  '002-traces-and-ledger': tracesAndLedger,
  '003-continued-replies': continuedReplies,
  '004-thread-sampling': threadSampling,
  '005-trims': trims,
  '006-thread-list': threadList,
  '007-search': search,
}

/**
 * Opens the store and brings its schema up to date. `:memory:` is a store that ends with the process.
 * @throws {AppError} storage_failed, with the reason as cause
 */
export async function connect(databaseFile: string): Promise<Database> {
  try {
    if (databaseFile !== ':memory:') mkdirSync(dirname(databaseFile), { recursive: true })
    const driver = new SqliteDriver(databaseFile)
    // FULL: an acknowledged message survives the loss of power, not only of the process.
    driver.pragma('journal_mode = WAL')
    driver.pragma('synchronous = FULL')
    driver.pragma('foreign_keys = ON')
    const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: driver }) })
    const { error } = await new Migrator({
      db,
      provider: { getMigrations: async () => MIGRATIONS },
      // Two that were made side by side may come to a database in either order.
      allowUnorderedMigrations: true,
    }).migrateToLatest()
    if (error !== undefined) throw error
    return db
  } catch (cause) {
    throw new AppError('storage_failed', { details: { file: databaseFile }, cause })
  }
}
