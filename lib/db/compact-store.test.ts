import { readFileSync, statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTestDatabase, isOnPostgres } from './__fixtures__/open-test-database'
import { createChangeLog } from './change-log'
import { connect } from './connect'
import { createStore, type Store } from './create-store'
import { createThreadKeeper, type ThreadKeeper } from './create-thread-keeper'
import type { Database } from './schema'

const DAY_MS = 86_400_000
let folder: string
let database: Awaited<ReturnType<typeof createTestDatabase>>
let db: Database
let store: Store
let keeper: ThreadKeeper
const clock = { nowMs: 0 }

beforeEach(async () => {
  clock.nowMs = 100 * DAY_MS
  folder = await mkdtemp(join(tmpdir(), 'compact-'))
  database = await createTestDatabase(folder)
  db = await connect(database.url)
  const now = () => clock.nowMs
  store = createStore({ db, now })
  keeper = createThreadKeeper({ db, changes: createChangeLog(), now })
})
afterEach(async () => {
  await store.close()
  await database.drop()
  await rm(folder, { recursive: true })
})

async function fill(threadId: string, messages: number) {
  let parentId: string | null = null
  for (let n = 0; n < messages; n += 1) {
    const words = Array.from({ length: 200 }, (_, at) => `${threadId}word${n}x${at}`).join(' ')
    const message = { id: `q-${threadId}-${n}`, text: words }
    const request = { threadId, parentId, runId: `run-${threadId}-${n}`, message }
    const replyId: string = `a-${threadId}-${n}`
    const { reply } = await store.saveQuestion({ request, replyId })
    await store.finishReply({ ...reply, text: words, status: 'complete' })
    parentId = replyId
  }
  await keeper.indexWritten()
}

const bytes = async () => {
  if (!isOnPostgres) return statSync(join(folder, 'chat.sqlite')).size
  const { rows } = await sql<{
    size: number
  }>`select sum(pg_total_relation_size(c.oid))::bigint as size from pg_class c where relname in ('messages', 'search_documents')`.execute(
    db,
  )
  return Number(rows[0]?.size)
}

describe('what is deleted', () => {
  it('leaves the store: its rows, its words in the index, its room on the disk', async () => {
    await fill('kept', 5)
    await keeper.compact()
    const before = await bytes()
    await fill('secret', 60)
    await keeper.compact()
    const full = await bytes()
    await keeper.markDeleted('secret')
    await keeper.purgeDeleted({ sinceMs: 0 })
    await keeper.compact()
    expect((await keeper.searchThreads({ query: 'keptword3x7', limit: 5 })).hits).not.toEqual([])
    expect((await keeper.searchThreads({ query: 'secretword3x7', limit: 5 })).hits).toEqual([])
    expect(await database.dump()).not.toContain('secretword')
    expect(full).toBeGreaterThan(before + 500_000)
    // Its files keep their length; Postgres takes the room for what comes next.
    if (isOnPostgres) return
    expect(await bytes()).toBeLessThan(before + 200_000)
    for (const name of ['chat.sqlite', 'chat.sqlite-wal']) {
      expect(readFileSync(join(folder, name), 'latin1')).not.toContain('secretword')
    }
  })
})

describe('purgeExpired', () => {
  it('takes away what nobody has written in for so long, and nothing else', async () => {
    await fill('old', 1)
    clock.nowMs += 5 * DAY_MS
    await fill('new', 1)
    const request = {
      threadId: 'running',
      parentId: null,
      runId: 'r',
      message: { id: 'q', text: 'x' },
    }
    clock.nowMs -= 5 * DAY_MS
    await store.saveQuestion({ request, replyId: 'a' })
    clock.nowMs += 15 * DAY_MS
    expect(await keeper.purgeExpired({ sinceMs: 16 * DAY_MS })).toBe(0)
    expect(await keeper.purgeExpired({ sinceMs: 12 * DAY_MS })).toBe(1)
    const { threads } = await keeper.listThreads({ limit: 9, isArchived: false })
    expect(threads.map(({ id }) => id)).toEqual(['new', 'running'])
    await expect(keeper.restoreThread('old')).rejects.toMatchObject({ code: 'thread_not_found' })
  })
})
