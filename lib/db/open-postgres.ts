import { Kysely } from 'kysely'
import { Pool, types } from 'pg'
import type { Database, Tables } from './schema'
import { EscapingPostgresDialect, unescapeResults } from './stored-text'

const MAX_CONNECTIONS = 10
const CONNECT_TIMEOUT_MS = 5000
const BIGINT = 20

/** Times and counts fit a number; the driver would give them as text. */
const toNumbers = {
  getTypeParser: ((oid: number, format: 'text' | 'binary') =>
    oid === BIGINT ? Number : types.getTypeParser(oid, format)) as typeof types.getTypeParser,
}

export function openPostgres(url: string): Database {
  const pool = new Pool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    application_name: 'first-token',
    types: toNumbers,
  })
  // A connection that breaks fails the query it carries, if any; the next one gets another. Unheard, the event would end the process.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  return new Kysely<Tables>({
    dialect: new EscapingPostgresDialect({ pool }),
    plugins: [unescapeResults],
  })
}
