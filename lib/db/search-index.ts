import { sql, type Transaction } from 'kysely'
import { toSearchTokens } from '@/lib/domain/to-search-tokens'
import { isPostgres } from './is-postgres'
import type { Database, Tables } from './schema'

/** A text that is to be found: a message's, or without one the thread's title. */
export type Searchable = { thread_id: string; message_id: string | null }

/** A row of the index holds no more; Postgres takes a megabyte. */
const MAX_TOKENS = 5000
/** So many of the row before are repeated, for what is searched for across the border. */
const OVERLAP = 64
const AT_ONCE = 100

/** Notes in the writer's own transaction what is to be indexed after it. */
export async function queueForSearch(
  tx: Transaction<Tables>,
  texts: readonly Searchable[],
): Promise<void> {
  if (texts.length > 0)
    await tx
      .insertInto('search_queue')
      .values([...texts])
      .execute()
}

/** Indexes the oldest of what was noted. @returns how many; 0 when nothing is left */
export async function indexNext(db: Database): Promise<number> {
  return await db.transaction().execute(async (tx) => {
    const queued = await tx
      .selectFrom('search_queue')
      .selectAll()
      .orderBy('id')
      .limit(AT_ONCE)
      .execute()
    for (const { thread_id, message_id } of queued) await indexText(tx, { thread_id, message_id })
    const ids = queued.map(({ id }) => id)
    if (ids.length > 0) await tx.deleteFrom('search_queue').where('id', 'in', ids).execute()
    return queued.length
  })
}

async function indexText(tx: Transaction<Tables>, place: Searchable): Promise<void> {
  const { thread_id, message_id } = place
  const text = await loadText(tx, place)
  await tx
    .deleteFrom('search_documents')
    .where('thread_id', '=', thread_id)
    .where('message_id', message_id === null ? 'is' : '=', message_id)
    .execute()
  if (text === undefined) return
  for (const tokens of toRows(toSearchTokens(text))) await insertRow(tx, { place, tokens })
}

async function loadText(
  tx: Transaction<Tables>,
  { thread_id, message_id }: Searchable,
): Promise<string | undefined> {
  if (message_id === null) {
    const thread = await tx
      .selectFrom('threads')
      .select('title')
      .where('id', '=', thread_id)
      .executeTakeFirst()
    return thread?.title
  }
  const message = await tx
    .selectFrom('messages')
    .select('text')
    .where('id', '=', message_id)
    .executeTakeFirst()
  return message?.text
}

function toRows(tokens: readonly string[]): string[][] {
  const rows: string[][] = []
  for (let at = 0; at < tokens.length; at += MAX_TOKENS - OVERLAP) {
    rows.push(tokens.slice(at, at + MAX_TOKENS).map(encodeToken))
    if (at + MAX_TOKENS >= tokens.length) break
  }
  return rows
}

async function insertRow(
  tx: Transaction<Tables>,
  { place, tokens }: { place: Searchable; tokens: string[] },
): Promise<void> {
  if (isPostgres(tx)) {
    const vector = sql<string>`array_to_tsvector(${tokens}::text[])`
    await tx
      .insertInto('search_documents')
      .values({ ...place, tokens: vector })
      .execute()
    return
  }
  const { id } = await tx
    .insertInto('search_documents')
    .values(place)
    .returning('id')
    .executeTakeFirstOrThrow()
  await sql`insert into search_index (rowid, tokens) values (${id}, ${tokens.join(' ')})`.execute(
    tx,
  )
}

/** In letters that no index takes apart, so that both see the same; the beginning of a token stays its beginning. */
export function encodeToken(token: string): string {
  return token.replaceAll(/[^a-z0-9]/gu, (character) => {
    const point = character.codePointAt(0) ?? 0
    return `x${point.toString(36).padStart(4, '0')}`
  })
}
