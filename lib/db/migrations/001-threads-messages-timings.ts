import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

const timingColumns = [
  'ttft_ms',
  'overhead_ms',
  'queue_ms',
  'prefill_ms',
  'decode_ms',
  'other_ms',
  'inter_token_p50_ms',
  'inter_token_p95_ms',
  'inter_token_max_ms',
  'tokens_per_second',
  'prompt_tokens',
  'cached_tokens',
  'completion_tokens',
  'ahead_requests',
]

async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('threads')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('title', 'text', (column) => column.notNull())
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('updated_at_ms', 'bigint', (column) => column.notNull())
    .execute()
  await db.schema
    .createTable('messages')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('thread_id', 'text', (column) =>
      column.notNull().references('threads.id').onDelete('cascade'),
    )
    .addColumn('parent_id', 'text', (column) =>
      column.references('messages.id').onDelete('cascade'),
    )
    .addColumn('position', 'integer', (column) => column.notNull())
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('text', 'text', (column) => column.notNull())
    .addColumn('reasoning', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('run_id', 'text', (column) => column.unique())
    .addColumn('finish_reason', 'text')
    .addColumn('error_code', 'text')
    .addColumn('error_details', 'text')
    .addColumn('model', 'text')
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .addUniqueConstraint('messages_position', ['thread_id', 'position'])
    .execute()
  await db.schema.createIndex('messages_parent').on('messages').column('parent_id').execute()
  await db.schema.createIndex('messages_created').on('messages').column('created_at_ms').execute()
  // One active run a thread, kept by the database and not by the goodwill of the code.
  await sql`create unique index messages_one_active_run on messages (thread_id) where status = 'streaming'`.execute(
    db,
  )
  await timingColumns
    .reduce(
      (table, name) => table.addColumn(name, 'double precision'),
      db.schema
        .createTable('timings')
        .addColumn('message_id', 'text', (column) =>
          column.primaryKey().references('messages.id').onDelete('cascade'),
        )
        .addColumn('e2el_ms', 'double precision', (column) => column.notNull()),
    )
    .execute()
  await db.schema
    .createTable('paints')
    .addColumn('message_id', 'text', (column) =>
      column.primaryKey().references('messages.id').onDelete('cascade'),
    )
    .addColumn('browser_ttft_ms', 'double precision', (column) => column.notNull())
    .execute()
  await db.schema
    .createTable('settings')
    .addColumn('key', 'text', (column) => column.primaryKey())
    .addColumn('value', 'text', (column) => column.notNull())
    .execute()
}

export const threadsMessagesTimings: Migration = { up }
