import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('thread_sampling')
    .addColumn('thread_id', 'text', (column) =>
      column.primaryKey().references('threads.id').onDelete('cascade'),
    )
    .addColumn('sampling', 'text', (column) => column.notNull())
    .execute()
}

export const threadSampling: Migration = { up }
