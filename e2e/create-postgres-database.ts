import { randomUUID } from 'node:crypto'
import { Client } from 'pg'

/** An empty database in the Postgres of TEST_POSTGRES_URL; undefined where none is named. */
export async function createPostgresDatabase(): Promise<
  { url: string; drop: () => Promise<void> } | undefined
> {
  const server = process.env.TEST_POSTGRES_URL
  if (server === undefined || server === '') return undefined
  const name = `app_${randomUUID().replaceAll('-', '')}`
  await query(server, `create database ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return {
    url: url.href,
    drop: () => query(server, `drop database if exists ${name} with (force)`),
  }
}

async function query(server: string, text: string): Promise<void> {
  const client = new Client({ connectionString: server })
  await client.connect()
  try {
    await client.query(text)
  } finally {
    await client.end()
  }
}
