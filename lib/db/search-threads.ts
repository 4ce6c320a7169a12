import { sql } from 'kysely'
import { findHits, type HitRange } from '@/lib/domain/find-hits'
import type { ChatMessage } from '@/lib/domain/message'
import type { SearchHit, SearchPage } from '@/lib/domain/search-page'
import { type SearchTerm, toSearchTerms } from '@/lib/domain/to-search-terms'
import { type QueryToken, toQueryTokens } from '@/lib/domain/to-search-tokens'
import { toSnippet } from '@/lib/domain/to-snippet'
import { isPostgres } from './is-postgres'
import type { Database } from './schema'
import { encodeToken } from './search-index'

/** What the index offers is looked through in portions of this size. */
const CANDIDATES = 50
/** So many of the newest rows are looked through without the index. */
const NEWEST = 2000
/** A search that meets nothing but near misses ends there, and says where to go on. */
const MAX_LOOKED_AT = 2000

/**
 * Titles and messages that hold all of the words, the last written first. The index is asked by
 * tokens; what it offers is looked at, so that both stores find the same.
 */
export async function searchThreads(options: {
  db: Database
  query: string
  limit: number
  before?: string | undefined
}): Promise<SearchPage> {
  const { db, query, limit, before } = options
  const terms = toSearchTerms(query)
  const tokens = toQueryTokens(terms)
  const hits = new Map<string, SearchHit>()
  let place = parsePlace(before)
  if (tokens.length === 0 || place === undefined) return { hits: [] }
  for (let seen = 0; seen < MAX_LOOKED_AT; seen += CANDIDATES) {
    const rows = await listCandidates({ db, tokens, before: place })
    for (const row of rows) {
      place = Number(row.id)
      const hit = toHit(row, terms)
      const key = row.message_id ?? `title of ${row.thread_id}`
      if (hit !== undefined && !hits.has(key)) hits.set(key, hit)
      if (hits.size === limit) return { hits: [...hits.values()], next: String(place) }
    }
    if (rows.length < CANDIDATES) return { hits: [...hits.values()] }
  }
  return { hits: [...hits.values()], next: String(place) }
}

type Candidate = {
  id: number
  thread_id: string
  message_id: string | null
  title: string
  thread_created_at_ms: number
  role: ChatMessage['role'] | null
  text: string | null
  created_at_ms: number | null
}

type Asked = { db: Database; tokens: readonly QueryToken[]; before: number }

const COLUMNS = sql`d.id, d.thread_id, d.message_id, threads.title, threads.created_at_ms as thread_created_at_ms, m.role, m.text, m.created_at_ms`
const REST = sql`join threads on threads.id = d.thread_id and threads.deleted_at_ms is null left join messages m on m.id = d.message_id`

async function listCandidates(asked: Asked): Promise<Candidate[]> {
  const { db, tokens, before } = asked
  if (isPostgres(db)) return await listOnPostgres(asked)
  const { rows } =
    await sql<Candidate>`select ${COLUMNS} from search_index cross join search_documents d on d.id = search_index.rowid ${REST}
    where search_index match ${toMatch(tokens)} and search_index.rowid < ${before}
    order by search_index.rowid desc limit ${CANDIDATES}`.execute(db)
  return rows
}

/**
 * What is frequent is found among the newest rows without the index, which would name all of them; what
 * is rare is found by the index. Postgres cannot tell which is which beforehand.
 */
async function listOnPostgres({ db, tokens, before }: Asked): Promise<Candidate[]> {
  const query = sql`${toTsquery(tokens)}::tsquery`
  const newest = sql`(select max(id) from search_documents)`
  const frequent = await sql<Candidate>`select ${COLUMNS} from (
      select * from search_documents where id < ${before}::bigint and id >= least(${before}::bigint, ${newest}) - ${NEWEST}
    ) d ${REST} where d.tokens @@ ${query} order by d.id desc limit ${CANDIDATES}`.execute(db)
  if (frequent.rows.length === CANDIDATES) return frequent.rows
  const rare = await sql<Candidate>`with found as materialized (
      select id, thread_id, message_id from search_documents where tokens @@ ${query}
    ) select ${COLUMNS} from found d ${REST} where d.id < ${before}::bigint
    order by d.id desc limit ${CANDIDATES}`.execute(db)
  return rare.rows
}

function toMatch(tokens: readonly QueryToken[]): string {
  return tokens
    .map(({ text, isPrefix }) => `"${encodeToken(text)}"${isPrefix ? '*' : ''}`)
    .join(' AND ')
}

function toTsquery(tokens: readonly QueryToken[]): string {
  return tokens
    .map(({ text, isPrefix }) => `'${encodeToken(text)}'${isPrefix ? ':*' : ''}`)
    .join(' & ')
}

function toHit(row: Candidate, terms: readonly SearchTerm[]): SearchHit | undefined {
  const text = row.message_id === null ? row.title : (row.text ?? '')
  const ranges: HitRange[] | undefined = findHits({ text, terms })
  if (ranges === undefined) return undefined
  const { message_id: messageId, role } = row
  return {
    threadId: row.thread_id,
    threadTitle: row.title,
    ...(messageId === null || role === null ? {} : { messageId, role }),
    createdAtMs: Number(row.created_at_ms ?? row.thread_created_at_ms),
    snippet: toSnippet({ text, hits: ranges }),
  }
}

function parsePlace(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return Number.MAX_SAFE_INTEGER
  return /^\d{1,15}$/.test(cursor) ? Number(cursor) : undefined
}
