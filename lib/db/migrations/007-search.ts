import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import { isPostgres } from '../is-postgres'

async function up(db: Kysely<unknown>): Promise<void> {
  const onPostgres = isPostgres(db)
  const addNumber = (onPostgres ? 'bigserial' : 'integer') as 'bigserial'
  await db.schema
    .createTable('search_documents')
    .addColumn('id', addNumber, (column) =>
      onPostgres ? column.primaryKey() : column.primaryKey().autoIncrement(),
    )
    .addColumn('thread_id', 'text', (column) =>
      column.notNull().references('threads.id').onDelete('cascade'),
    )
    .addColumn('message_id', 'text', (column) =>
      column.references('messages.id').onDelete('cascade'),
    )
    .execute()
  for (const name of ['thread_id', 'message_id']) {
    await db.schema
      .createIndex(`search_documents_${name}`)
      .on('search_documents')
      .column(name)
      .execute()
  }
  await db.schema
    .createTable('search_queue')
    .addColumn('id', addNumber, (column) =>
      onPostgres ? column.primaryKey() : column.primaryKey().autoIncrement(),
    )
    .addColumn('thread_id', 'text', (column) => column.notNull())
    .addColumn('message_id', 'text')
    .execute()
  await (onPostgres ? indexOnPostgres(db) : indexOnSqlite(db))
  await sql`insert into search_queue (thread_id, message_id) select thread_id, id from messages order by created_at_ms, position`.execute(
    db,
  )
  await sql`insert into search_queue (thread_id) select id from threads order by created_at_ms`.execute(
    db,
  )
}

/** Each row is found by rows of the same number in the documents, and goes with them. */
async function indexOnSqlite(db: Kysely<unknown>): Promise<void> {
  await sql`create virtual table search_index using fts5(tokens, content = '', contentless_delete = 1, detail = 'none', tokenize = 'ascii', prefix = '1 2 3 5')`.execute(
    db,
  )
  await sql`create trigger search_documents_gone after delete on search_documents begin delete from search_index where rowid = old.id; end`.execute(
    db,
  )
}

async function indexOnPostgres(db: Kysely<unknown>): Promise<void> {
  await sql`alter table search_documents add column tokens tsvector`.execute(db)
  await sql`create index search_documents_tokens on search_documents using gin (tokens) with (fastupdate = off)`.execute(
    db,
  )
}

export const search: Migration = { up }
