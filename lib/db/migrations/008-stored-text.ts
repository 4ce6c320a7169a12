import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import { isPostgres } from '../is-postgres'

const COLUMNS = [
  ['messages', 'text'],
  ['messages', 'reasoning'],
  ['threads', 'title'],
  ['system_prompts', 'text'],
] as const

/** Texts of an older file that hold the mark of an escape as their own: see escapeText. No Postgres is that old. */
async function up(db: Kysely<unknown>): Promise<void> {
  if (isPostgres(db)) return
  for (const [table, column] of COLUMNS) {
    const text = sql.ref(column)
    await sql`update ${sql.table(table)} set ${text} = replace(${text}, char(26), char(26) || '001a') where instr(${text}, char(26)) > 0`.execute(
      db,
    )
  }
}

export const storedText: Migration = { up }
