import type SqliteDriver from 'better-sqlite3'
import type { SqliteDatabase } from 'kysely'

/** More than the app has; lists of many lengths make more. */
const MAX_STATEMENTS = 500

/**
 * Kysely prepares a statement anew each time it is run, which costs more than most of them do. Only
 * for statements that are run to their end: one that is being stepped through cannot be run again.
 */
export function keepPrepared(driver: SqliteDriver.Database): SqliteDatabase {
  const statements = new Map<string, SqliteDriver.Statement<unknown[]>>()
  return {
    prepare(sql) {
      const known = statements.get(sql)
      if (known !== undefined) return known
      const statement = driver.prepare<unknown[]>(sql)
      if (statements.size >= MAX_STATEMENTS) statements.clear()
      statements.set(sql, statement)
      return statement
    },
    close: () => void driver.close(),
  }
}
