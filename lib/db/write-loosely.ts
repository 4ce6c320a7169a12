import { sql, type Transaction } from 'kysely'
import { isPostgres } from './is-postgres'
import { driverOf } from './open-sqlite'
import type { Database, Tables } from './schema'

/**
 * One transaction that the end of the process does not undo, and the loss of power may: for what is
 * noted about a reply, never for its words. A commit that waits for the disk holds up every stream.
 */
export async function writeLoosely<Result>(
  db: Database,
  work: (tx: Transaction<Tables>) => Promise<Result>,
): Promise<Result> {
  if (isPostgres(db)) {
    return await db.transaction().execute(async (tx) => {
      await sql`set local synchronous_commit to off`.execute(tx)
      return await work(tx)
    })
  }
  const driver = driverOf(db)
  // The one connection is held meanwhile: nothing else is committed with this setting.
  return await db.connection().execute(async (connection) => {
    driver.pragma('synchronous = NORMAL')
    try {
      return await connection.transaction().execute(work)
    } finally {
      driver.pragma('synchronous = FULL')
    }
  })
}
