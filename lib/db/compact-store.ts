import { setImmediate as nextTurn } from 'node:timers/promises'
import { sql } from 'kysely'
import { isPostgres } from './is-postgres'
import { driverOf } from './open-sqlite'
import type { Database } from './schema'

const MERGED_PAGES = 200
const FREED_PAGES = 500

/** Gives back to the disk what was deleted, the index of the search with it, in steps that hold nobody up. */
export async function compactStore(db: Database): Promise<void> {
  if (isPostgres(db)) {
    await sql`vacuum messages, search_documents, threads, timings, records, arrivals`.execute(db)
    return
  }
  const driver = driverOf(db)
  const changes = () => Number(driver.prepare('select total_changes()').pluck().get())
  // A negative number begins to join all parts of the index, a positive one goes on; without change it is done.
  for (let pages = -MERGED_PAGES, before = -2; changes() - before > 1; pages = MERGED_PAGES) {
    before = changes()
    driver.prepare(`insert into search_index (search_index, rank) values ('merge', ?)`).run(pages)
    await nextTurn()
  }
  while (Number(driver.pragma('freelist_count', { simple: true })) > 0) {
    driver.exec(`pragma incremental_vacuum(${FREED_PAGES})`)
    await nextTurn()
  }
  driver.pragma('wal_checkpoint(TRUNCATE)')
}
