import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTestDatabase, isOnPostgres } from '@/lib/db/__fixtures__/open-test-database'
import { createChangeLog } from '@/lib/db/change-log'
import { connect } from '@/lib/db/connect'
import { createStore } from '@/lib/db/create-store'
import { createThreadKeeper } from '@/lib/db/create-thread-keeper'
import { lockDataDir } from '@/lib/db/lock-data-dir'
import { runBackup } from './run-backup'

let folder: string
let database: Awaited<ReturnType<typeof createTestDatabase>>
let file: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'backup-'))
  database = await createTestDatabase(folder)
  file = join(folder, 'backup.sqlite')
})
afterEach(async () => {
  await database.drop()
  await rm(folder, { recursive: true })
})

async function run(args: string[], url = database.url) {
  const lines: string[] = []
  const print = (line: string) => void lines.push(line)
  const env = { DATA_DIR: folder, DATABASE_URL: url }
  const code = await runBackup({ args, env, print, printError: print })
  return { code, text: lines.join('\n') }
}

async function say(threadId: string, text: string, url = database.url) {
  const db = await connect(url)
  const store = createStore({ db })
  const request = {
    threadId,
    parentId: null,
    runId: `run-${threadId}`,
    message: { id: `q-${threadId}`, text },
  }
  const { reply } = await store.saveQuestion({ request, replyId: `a-${threadId}`, model: 'm' })
  await store.finishReply({ ...reply, text, status: 'complete', timing: { e2elMs: 5, ttftMs: 2 } })
  const keeper = createThreadKeeper({ db, changes: createChangeLog() })
  await keeper.saveShare({ threadId })
  await store.close()
}

async function read(url = database.url) {
  const db = await connect(url)
  const store = createStore({ db })
  const keeper = createThreadKeeper({ db, changes: createChangeLog() })
  const { threads } = await keeper.listThreads({ limit: 99, isArchived: false })
  const branches = await Promise.all(threads.map(({ id }) => store.loadThread(id)))
  const found = (await keeper.searchThreads({ query: 'megabyte', limit: 9 })).hits.length
  const shares = await db.selectFrom('shares').selectAll().orderBy('id').execute()
  await store.close()
  return { threads, branches, found, shares }
}

const TEXT = `A megabyte \0 \ud800 ${'令牌 '.repeat(1000)}`

describe('a backup', () => {
  it('holds all that is stored, also while somebody writes, and overwrites no file', async () => {
    await say('one', TEXT)
    const before = await read()
    const open = createStore({ db: await connect(database.url) })
    expect(await run(['backup', file])).toEqual({
      code: 0,
      text: `All that is stored is in ${file}.`,
    })
    await open.close()
    expect((await run(['backup', file])).text).toMatch(/exists: a backup overwrites nothing/)
    await say('two', 'later')
    const { url, drop } = await createTestDatabase(join(folder, 'elsewhere'))
    expect(await run(['restore', file], url)).toEqual({ code: 0, text: `${file} is restored.` })
    expect(await read(url)).toEqual(before)
    await drop()
  })

  it('goes over from one kind of store to the other', async () => {
    await say('one', TEXT)
    const before = await read()
    await run(['backup', file])
    const sqlite = join(folder, 'other.sqlite')
    expect((await run(['restore', file], sqlite)).code).toBe(0)
    expect(await read(sqlite)).toEqual(before)
  })
})

describe('a restore', () => {
  it('loses nothing that is there: it is refused, or sets that aside', async () => {
    await say('one', TEXT)
    await run(['backup', file])
    await say('two', 'later')
    expect((await run(['restore', file])).text).toMatch(
      /holds conversations already: with --replace/,
    )
    expect((await read()).threads).toHaveLength(2)
    expect((await run(['restore', file, '--replace'])).code).toBe(0)
    expect((await read()).threads.map(({ id }) => id)).toEqual(['one'])
    if (isOnPostgres) return
    const aside = readdirSync(folder).find((name) => name.startsWith('chat.sqlite.20'))
    expect((await read(join(folder, String(aside)))).threads).toHaveLength(2)
  })

  it('is refused while a server runs, and for a file that is no backup', async () => {
    await say('one', TEXT)
    await run(['backup', file])
    const lock = await lockDataDir(folder)
    expect((await run(['restore', file, '--replace'])).text).toMatch(/is in use by the process/)
    lock.release()
    const broken = join(folder, 'broken.sqlite')
    writeFileSync(broken, 'nothing of the kind, but long enough to be looked at'.repeat(50))
    expect((await run(['restore', broken])).text).toMatch(/is no whole backup/)
    expect((await run(['restore', join(folder, 'none')])).text).toMatch(/is not there/)
    expect((await read()).threads).toHaveLength(1)
  })

  it.each([
    [[]],
    [['backup']],
    [['backup', 'a', 'b']],
    [['backup', 'a', '--replace']],
    [['x', 'a']],
  ])('explains itself for %j', async (args) => {
    expect(await run(args)).toMatchObject({ code: 2 })
    expect(existsSync('a')).toBe(false)
  })
})
