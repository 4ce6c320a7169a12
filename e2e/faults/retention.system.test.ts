import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, it } from 'vitest'
import { toRequest } from '../harness/chat-client.ts'
import { startSystem, until } from '../harness/start-system.ts'

const DAY_MS = 86_400_000

it('RETENTION_DAYS: what nobody wrote in for so long is gone from the list, the search and the disk', async () => {
  const system = await startSystem({ env: { RETENTION_DAYS: '30' } })
  const { dataDir } = system.app
  const holds = (word: string) =>
    readdirSync(dataDir)
      .filter((name) => name.startsWith('chat.sqlite'))
      .some((name) => readFileSync(join(dataDir, name)).includes(word))
  const find = async (word: string) =>
    JSON.stringify((await system.client.get(`/api/search?q=${word}`)).body)

  const [old, young] = [
    toRequest({ text: `forgettable ${'filler '.repeat(40_000)}` }),
    toRequest({ text: 'memorable words' }),
  ]
  for (const request of [old, young]) await system.client.ask(request)
  expect(await find('forgettable')).toContain(old.threadId)
  await system.app.stop()
  expect(holds('forgettable')).toBe(true)
  const sizeBefore = statSync(join(dataDir, 'chat.sqlite')).size
  const database = new DatabaseSync(join(dataDir, 'chat.sqlite'))
  database
    .prepare('update threads set updated_at_ms = updated_at_ms - ? where id = ?')
    .run(31 * DAY_MS, old.threadId)
  database.close()

  await system.app.restart()
  await until({
    what: 'the old thread to be off the disk',
    read: () => !holds('forgettable') || undefined,
  })
  expect((await system.client.thread(old.threadId)).status).toBe(404)
  expect(await find('forgettable')).not.toContain(old.threadId)
  expect((await system.client.thread(young.threadId)).status).toBe(200)
  expect(await find('memorable')).toContain(young.threadId)
  await system.app.stop()
  expect(statSync(join(dataDir, 'chat.sqlite')).size).toBeLessThan(sizeBefore / 2)
  await system.dispose()
}, 60_000)
