import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('system_prompts')
    .addColumn('sha256', 'text', (column) => column.primaryKey())
    .addColumn('text', 'text', (column) => column.notNull())
    .execute()
  await db.schema
    .createTable('records')
    .addColumn('message_id', 'text', (column) =>
      column.primaryKey().references('messages.id').onDelete('cascade'),
    )
    .addColumn('process_started_at_ms', 'bigint')
    .addColumn('flags', 'text')
    .addColumn('prefix_reason', 'text')
    .addColumn('prefix', 'text')
    .addColumn('activity', 'text')
    .addColumn('url', 'text', (column) => column.notNull())
    .addColumn('headers', 'text', (column) => column.notNull())
    .addColumn('request_model', 'text', (column) => column.notNull())
    .addColumn('system_prompt_sha256', 'text', (column) => column.notNull())
    .addColumn('sampling', 'text', (column) => column.notNull())
    .addColumn('completion_id', 'text')
    .addColumn('system_fingerprint', 'text')
    .addColumn('engine_version', 'text')
    .execute()
  await db.schema
    .createIndex('records_process')
    .on('records')
    .column('process_started_at_ms')
    .execute()
  // By themselves: a list of replies reads past many of them.
  await db.schema
    .createTable('arrivals')
    .addColumn('message_id', 'text', (column) =>
      column.primaryKey().references('messages.id').onDelete('cascade'),
    )
    .addColumn('delta_count', 'integer', (column) => column.notNull())
    .addColumn('offsets', 'text', (column) => column.notNull())
    .execute()
  await createLedger(db)
  // The list of replies, newest first, is read in pages along this one.
  await sql`create index messages_replies on messages (created_at_ms, position, id) where role = 'assistant'`.execute(
    db,
  )
}

async function createLedger(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('upstream_calls')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('cause', 'text', (column) => column.notNull())
    .addColumn('started_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('duration_ms', 'double precision', (column) => column.notNull())
    .addColumn('outcome', 'text', (column) => column.notNull())
    .addColumn('message_id', 'text')
    .addColumn('prompt_tokens', 'integer')
    .addColumn('completion_tokens', 'integer')
    .addColumn('count', 'integer')
    .execute()
  await db.schema
    .createIndex('upstream_calls_started')
    .on('upstream_calls')
    .columns(['started_at_ms', 'id'])
    .execute()
  await db.schema
    .createIndex('upstream_calls_message')
    .on('upstream_calls')
    .column('message_id')
    .execute()
}

export const tracesAndLedger: Migration = { up }
