import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

async function up(db: Kysely<unknown>): Promise<void> {
  for (const name of ['is_pinned', 'is_archived', 'edited_at_ms']) {
    await db.schema
      .alterTable('threads')
      .addColumn(name, 'bigint', (column) => column.notNull().defaultTo(0))
      .execute()
  }
  await db.schema.alterTable('threads').addColumn('deleted_at_ms', 'bigint').execute()
  await db.schema.alterTable('threads').addColumn('forked_from_id', 'text').execute()
  await db.schema.alterTable('messages').addColumn('edited_from_id', 'text').execute()
  await db.schema.alterTable('messages').addColumn('origin', 'text').execute()
  // Pages of the list are read along this one.
  await sql`create index threads_listed on threads (is_archived, is_pinned, updated_at_ms, id) where deleted_at_ms is null`.execute(
    db,
  )
  await sql`create index threads_deleted on threads (deleted_at_ms) where deleted_at_ms is not null`.execute(
    db,
  )
  // Without it each deleted message is looked for among all others.
  await db.schema.createIndex('messages_continues').on('messages').column('continues_id').execute()
}

export const threadList: Migration = { up }
