import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('messages').addColumn('is_trim_end', 'integer').execute()
  await db.schema
    .alterTable('messages')
    .addColumn('trimmed_to_id', 'text', (column) =>
      column.references('messages.id').onDelete('set null'),
    )
    .execute()
}

export const trims: Migration = { up }
