import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('messages')
    .addColumn('continues_id', 'text', (column) =>
      column.references('messages.id').onDelete('set null'),
    )
    .execute()
  await db.schema.alterTable('messages').addColumn('part_lengths', 'text').execute()
}

export const continuedReplies: Migration = { up }
