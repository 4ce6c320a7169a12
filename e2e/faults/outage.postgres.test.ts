import { Client } from 'pg'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { toRequest } from '../harness/chat-client.ts'
import { controlPostgres } from '../harness/control-postgres.ts'
import { type System, startSystem, until } from '../harness/start-system.ts'
import { see } from './hold-system.ts'

let system: System

beforeEach(async () => {
  system = await startSystem()
}, 60_000)

afterEach(() => system.dispose())

const generationsOf = (runId: string) =>
  system.stub.control.requests().filter(({ requestId }) => requestId === runId)

async function startAnswer(tokenCount: number) {
  system.stub.control.patch({ tokenDelayMs: 10, tokenCount })
  const request = toRequest()
  const asking = system.client.ask(request)
  await until({
    what: '20 tokens',
    read: () => (system.generation(request.runId)?.tokensSent ?? 0) >= 20 || undefined,
  })
  return { request, asking }
}

async function expectStored(started: Awaited<ReturnType<typeof startAnswer>>) {
  const { request } = started
  const stored = await until({
    what: 'the end of the answer to be stored',
    read: async () => {
      const found = await see({ system, request }).catch(() => undefined)
      return found?.stored?.status === 'complete' ? found.stored : undefined
    },
  })
  expect(stored.text).toBe(system.generation(request.runId)?.textSent)
  expect(generationsOf(request.runId)).toHaveLength(1)
}

it('F42 Postgres is down: the answer is still shown and never called saved, what is new is refused, and it goes on when it is back', async () => {
  const started = await startAnswer(200)
  await controlPostgres('stop')
  const refused = await system.client.ask(toRequest())
  expect([refused.status, refused.error?.code]).toEqual([500, 'storage_failed'])
  const { copy } = await started.asking
  expect(copy.text).toBe(system.generation(started.request.runId)?.textSent)
  expect(copy.finish).toMatchObject({ status: 'failed', error: { code: 'storage_failed' } })
  expect(system.log().some(({ code }) => code === 'storage_failed')).toBe(true)
  await controlPostgres('restart')
  await expectStored(started)
  const next = await system.client.ask(toRequest())
  expect(next.copy.finish?.status).toBe('complete')
}, 60_000)

it('F42 Postgres restarts in the middle of an answer: it is whole, once, and nobody has to do anything', async () => {
  const started = await startAnswer(600)
  await controlPostgres('restart')
  const { copy } = await started.asking
  expect(copy.finish).toMatchObject({ status: 'complete' })
  await expectStored(started)
}, 60_000)

it('F42 Postgres is slow: a question waits for it, and is kept once', async () => {
  const other = new Client({ connectionString: system.app.databaseUrl })
  await other.connect()
  try {
    await other.query('begin; lock table messages in access exclusive mode')
    const request = toRequest()
    const asking = system.client.ask(request)
    await until({
      what: 'the question to wait for the table',
      read: async () => {
        const { rows } = await other.query('select 1 from pg_locks where not granted')
        return rows.length > 0 || undefined
      },
    })
    expect(generationsOf(request.runId)).toEqual([])
    await other.query('commit')
    expect((await asking).copy.finish?.status).toBe('complete')
    expect(generationsOf(request.runId)).toHaveLength(1)
    const { body } = await system.client.thread(request.threadId)
    expect(body.messages.map(({ role }) => role)).toEqual(['user', 'assistant'])
  } finally {
    await other.end()
  }
}, 60_000)
