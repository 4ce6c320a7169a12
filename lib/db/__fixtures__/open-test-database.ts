import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Client } from 'pg'
import { connect } from '../connect'
import type { Database } from '../schema'

const SERVER = process.env.TEST_POSTGRES_URL ?? ''
const TEMPLATE = 'first_token_template'

export const isOnPostgres = SERVER !== ''

/** An empty store that ends with the test: SQLite in memory, or a database of its own where TEST_POSTGRES_URL names a Postgres. */
export async function openTestDatabase(): Promise<Database> {
  if (!isOnPostgres) return await connect(':memory:')
  await ensureTemplate()
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await onServer((server) => server.query(`create database ${name} template ${TEMPLATE}`))
  const db = await connect(addressOf(name))
  const destroy = db.destroy.bind(db)
  db.destroy = async () => {
    await destroy()
    await dropDatabase(name)
  }
  return db
}

/** For a server of the app: `DATABASE_URL` of an empty database, or a path in the folder. */
export async function createTestDatabase(folder: string): Promise<{
  url: string
  drop: () => Promise<void>
  /** All that is in it, as it lies there. */
  dump: () => Promise<string>
}> {
  if (!isOnPostgres) {
    const file = `${folder}/chat.sqlite`
    const dump = async () => `${readFileSync(file, 'latin1')}${readFileSync(`${file}-wal`, 'latin1')}`
    return { url: file, drop: async () => undefined, dump }
  }
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await onServer((server) => server.query(`create database ${name}`))
  return { url: addressOf(name), drop: () => dropDatabase(name), dump: () => dumpTables(name) }
}

async function dumpTables(name: string): Promise<string> {
  const client = new Client({ connectionString: addressOf(name) })
  await client.connect()
  const { rows } = await client.query(
    "select query_to_xml(format('select * from %I', tablename), true, false, '')::text as text from pg_tables where schemaname = 'public'",
  )
  await client.end()
  return rows.map(({ text }) => text).join('\n')
}

function addressOf(name: string): string {
  const url = new URL(SERVER)
  url.pathname = `/${name}`
  return url.href
}

async function dropDatabase(name: string): Promise<void> {
  await onServer((server) => server.query(`drop database if exists ${name} with (force)`))
}

let template: Promise<void> | undefined

/** Once a server, whichever process comes first. */
async function ensureTemplate(): Promise<void> {
  template ??= onServer(async (server) => {
    await server.query('select pg_advisory_lock(1)')
    const found = await server.query('select 1 from pg_database where datname = $1', [TEMPLATE])
    if (found.rows.length > 0) return
    await server.query(`create database ${TEMPLATE}_new`)
    const db = await connect(addressOf(`${TEMPLATE}_new`))
    await db.destroy()
    await server.query(`alter database ${TEMPLATE}_new rename to ${TEMPLATE}`)
  })
  await template
}

async function onServer<Result>(work: (server: Client) => Promise<Result>): Promise<Result> {
  const server = new Client({ connectionString: SERVER })
  await server.connect()
  try {
    return await work(server)
  } finally {
    await server.end()
  }
}
