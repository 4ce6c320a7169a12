import { type Migration, Migrator } from 'kysely/migration'
import { AppError, isAppError } from '@/lib/domain/error'
import { threadsMessagesTimings } from './migrations/001-threads-messages-timings'
import { tracesAndLedger } from './migrations/002-traces-and-ledger'
import { continuedReplies } from './migrations/003-continued-replies'
import { threadSampling } from './migrations/004-thread-sampling'
import { trims } from './migrations/005-trims'
import { threadList } from './migrations/006-thread-list'
import { search } from './migrations/007-search'
import { storedText } from './migrations/008-stored-text'
import { shares } from './migrations/009-shares'
import { openPostgres } from './open-postgres'
import { openSqlite } from './open-sqlite'
import type { Database } from './schema'

const MIGRATIONS: Record<string, Migration> = {
  '001-threads-messages-timings': threadsMessagesTimings,
  '002-traces-and-ledger': tracesAndLedger,
  '003-continued-replies': continuedReplies,
  '004-thread-sampling': threadSampling,
  '005-trims': trims,
  '006-thread-list': threadList,
  '007-search': search,
  '008-stored-text': storedText,
  '009-shares': shares,
}

/** The database was written by a newer version of the app; its message says so and what to do. */
export class DatabaseTooNewError extends Error {
  override name = 'DatabaseTooNewError'

  constructor(place: string, unknown: string) {
    super(
      `${place} was written by a newer version of First Token (it knows "${unknown}", which this one does not). Use that version, or set another DATABASE_URL.`,
    )
  }
}

/**
 * Opens the store and brings its schema up to date. `database`: the path of an SQLite file, `:memory:`
 * for a store that ends with the process, or a postgres:// address.
 * @throws {DatabaseTooNewError}
 * @throws {AppError} storage_failed, with the reason as cause
 */
export async function connect(database: string): Promise<Database> {
  const place = hidePassword(database)
  let db: Database | undefined
  try {
    db = isPostgresUrl(database) ? openPostgres(database) : openSqlite(database)
    const migrator = new Migrator({
      db,
      provider: { getMigrations: async () => MIGRATIONS },
      // Two that were made side by side may come to a database in either order.
      allowUnorderedMigrations: true,
    })
    await refuseNewer(db, place)
    const { error } = await migrator.migrateToLatest()
    if (error !== undefined) throw error
    return db
  } catch (cause) {
    await db?.destroy()
    if (cause instanceof DatabaseTooNewError || isAppError(cause)) throw cause
    throw new AppError('storage_failed', { details: { file: place }, cause })
  }
}

export function isPostgresUrl(database: string): boolean {
  return /^postgres(ql)?:\/\//i.test(database)
}

async function refuseNewer(db: Database, place: string): Promise<void> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some(({ name }) => name === 'kysely_migration')) return
  const known = await db
    .withTables<{ kysely_migration: { name: string } }>()
    .selectFrom('kysely_migration')
    .select('name')
    .execute()
  const newer = known.find(({ name }) => !Object.hasOwn(MIGRATIONS, name))
  if (newer !== undefined) throw new DatabaseTooNewError(place, newer.name)
}

/** An address can be shown, its password cannot. */
function hidePassword(database: string): string {
  if (!isPostgresUrl(database) || !URL.canParse(database)) return database
  const url = new URL(database)
  if (url.password !== '') url.password = '***'
  if (url.searchParams.has('password')) url.searchParams.set('password', '***')
  return url.href
}
