import { type Kysely, PostgresAdapter } from 'kysely'

/** Where the two stores differ, which one this is. */
export function isPostgres(db: Pick<Kysely<unknown>, 'getExecutor'>): boolean {
  return db.getExecutor().adapter instanceof PostgresAdapter
}
