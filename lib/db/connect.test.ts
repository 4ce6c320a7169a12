import { readFileSync } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import SqliteDriver from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTestDatabase, openTestDatabase } from './__fixtures__/open-test-database'
import { createChangeLog } from './change-log'
import { connect } from './connect'
import { createStore } from './create-store'
import { createThreadKeeper } from './create-thread-keeper'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'connect-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

it('gives back exactly what was stored, whatever the text holds', async () => {
  const texts = [
    'NUL \0 in the middle\0',
    'lone \ud800 and \udc00, and \udbff at the end\udbff',
    'a mark \u001a, \u001a0000 and \u001a001a',
    'bidi \u202eabc\u202c, zero width \u200b, BOM \ufeff',
    'quotes \' " \\ and $1 ? :name',
    `one megabyte ${'首个令牌😀 '.repeat(60_000)}`,
    '\r\n\t\u0001\u007f\u0085\u2028',
  ]
  const db = await openTestDatabase()
  const store = createStore({ db })
  const keeper = createThreadKeeper({ db, changes: createChangeLog() })
  for (const [n, text] of texts.entries()) {
    const request = {
      threadId: `t${n}`,
      parentId: null,
      runId: `r${n}`,
      message: { id: `q${n}`, text },
    }
    const { reply } = await store.saveQuestion({ request, replyId: `a${n}` })
    await store.checkpointReplies([{ id: reply.id, text: text.slice(1), reasoning: text }])
    await store.finishReply({ ...reply, text, reasoning: text, status: 'complete' })
    const title = text.slice(0, 30)
    await keeper.changeThread({ threadId: `t${n}`, change: { title } })
    expect(await store.loadThread(`t${n}`)).toMatchObject({
      thread: { title },
      messages: [{ text }, { text, reasoning: text }],
    })
    // The same request is the same run: the text is compared in the store as well.
    expect(await store.findRun(request)).toMatchObject({ id: `a${n}` })
  }
  expect((await keeper.searchThreads({ query: 'megabyte 令牌', limit: 5 })).hits).not.toEqual([])
  await store.close()
})

it('refuses what a newer version wrote, with one sentence, and leaves it as it is', async () => {
  const { url, drop } = await createTestDatabase(folder)
  const db = await connect(url)
  const rows = db.withTables<{ kysely_migration: { name: string; timestamp: string } }>()
  await rows
    .insertInto('kysely_migration')
    .values({ name: '999-from-the-future', timestamp: '2030' })
    .execute()
  await db.destroy()
  for (let times = 0; times < 2; times += 1) {
    await expect(connect(url)).rejects.toThrow(
      /was written by a newer version of First Token \(it knows "999-from-the-future"/,
    )
  }
  await drop()
})

it('shows no password of an address that does not answer', async () => {
  const error = await connect('postgres://me:s3cret@127.0.0.1:9/x').catch((thrown) => thrown)
  expect(error).toMatchObject({ code: 'storage_failed' })
  expect(error.details.file).toBe('postgres://me:***@127.0.0.1:9/x')
})

describe('a file of an older version', () => {
  it('is brought up to date with all that is in it, which is then found too', async () => {
    const file = join(folder, 'old.sqlite')
    const old = new SqliteDriver(file)
    old.exec(readFileSync(join(import.meta.dirname, '__fixtures__/schema-004.sql'), 'utf8'))
    old.close()
    const db = await connect(file)
    const store = createStore({ db })
    const keeper = createThreadKeeper({ db, changes: createChangeLog() })
    expect(await keeper.listThreads({ limit: 10, isArchived: false })).toMatchObject({
      threads: [
        { id: 'c2', title: '首个令牌为什么慢？', isPinned: false, isArchived: false },
        { id: 'c1', title: 'What is a prefix cache?' },
      ],
    })
    const branch = await store.loadThread('c1')
    expect(branch?.thread.sampling).toEqual({ temperature: 0.5 })
    expect(branch?.messages).toMatchObject([
      { id: 'q1', text: 'What is a prefix cache?' },
      { id: 'a1', status: 'complete', timing: { ttftMs: 41.5, e2elMs: 900 }, model: 'm' },
      { id: 'q2', text: 'A mark \u001a001a and a \0 of its own' },
      { id: 'a3', status: 'complete', continuesId: 'a2', partLengths: [0, 4] },
    ])
    expect(branch?.siblings).toEqual({ a3: ['a2', 'a3'] })
    const { hits } = await keeper.searchThreads({ query: '令牌', limit: 10 })
    expect(hits.map(({ messageId }) => messageId)).toContain('q3')
    expect(await db.selectFrom('records').selectAll().execute()).toHaveLength(1)
    await store.close()
  })

  it('gives room back to the disk from then on', async () => {
    const file = join(folder, 'old.sqlite')
    const old = new SqliteDriver(file)
    old.exec(readFileSync(join(import.meta.dirname, '__fixtures__/schema-004.sql'), 'utf8'))
    old.close()
    await (await connect(file)).destroy()
    const driver = new SqliteDriver(file)
    expect(driver.pragma('auto_vacuum', { simple: true })).toBe(2)
    driver.close()
    expect((await stat(file)).size).toBeGreaterThan(0)
  })
})
