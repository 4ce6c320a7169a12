import { sql, type Transaction } from 'kysely'
import type { Database, Tables } from './schema'

const ROWS_AT_ONCE = 200
/** The rest hang on these. */
const FIRST = ['threads', 'messages']

/**
 * All that is in one store into another, which is empty. Both have the present schema; the index of the
 * search is made anew by the next server.
 */
export async function copyTables({ from, to }: { from: Database; to: Database }): Promise<void> {
  const names = await listTables(from)
  await from
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (source) => {
      await to.transaction().execute(async (target) => {
        for (const name of names) await copyTable({ source, target, name })
        await sql`insert into search_queue (thread_id, message_id) select thread_id, id from messages order by created_at_ms, position`.execute(
          target,
        )
        await sql`insert into search_queue (thread_id) select id from threads order by created_at_ms`.execute(
          target,
        )
      })
    })
}

async function listTables(db: Database): Promise<string[]> {
  const tables = await db.introspection.getTables()
  const rest = tables
    .map(({ name }) => name)
    .filter((name) => !name.startsWith('search_') && !FIRST.includes(name))
  return [...FIRST, ...rest.sort()]
}

async function copyTable(options: {
  source: Transaction<Tables>
  target: Transaction<Tables>
  name: string
}): Promise<void> {
  const { source, target } = options
  const name = options.name as 'messages'
  const order = name === 'messages' ? sql`thread_id, position` : sql`1`
  for (let at = 0; ; at += ROWS_AT_ONCE) {
    const rows = await source
      .selectFrom(name)
      .selectAll()
      .orderBy(order)
      .limit(ROWS_AT_ONCE)
      .offset(at)
      .execute()
    if (rows.length > 0) await target.insertInto(name).values(rows).execute()
    if (rows.length < ROWS_AT_ONCE) return
  }
}
