import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { POST as chat } from '@/app/api/chat/route'
import { GET as readiness } from '@/app/api/readiness/route'
import { GET as thread } from '@/app/api/threads/[id]/route'
import { GET as timings } from '@/app/api/timings/route'
import { parseEnv } from '@/lib/config/env'
import { createTestDatabase } from '@/lib/db/__fixtures__/open-test-database'
import { get, params, post } from '@/lib/server/__fixtures__/route-setup'
import { createLogger } from '@/lib/server/logger'
import { setServices } from '@/lib/server/services'
import { createServices, type Services } from './services'

const KEY = 'sk-canary-3f1f7d3e9d2c4e19'
let dataDir: string
let logs: string[]
let database: Awaited<ReturnType<typeof createTestDatabase>>
const open: { services?: Services; engine?: Server } = {}

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'services-'))
  database = await createTestDatabase(dataDir)
  logs = []
})
afterEach(async () => {
  setServices(undefined)
  await open.services?.close({ graceMs: 0 })
  open.engine?.closeAllConnections()
  open.engine?.close()
  delete open.services
  delete open.engine
  await database.drop()
  rmSync(dataDir, { recursive: true })
})

/** An engine that repeats the key it was sent wherever it can. */
async function startEngine(answer: (response: ServerResponse, auth: string) => void) {
  const engine = createServer((request, response) => {
    const auth = request.headers.authorization ?? ''
    const json = (body: unknown) =>
      response.setHeader('content-type', 'application/json').end(JSON.stringify(body))
    if (request.url === '/health') response.end()
    else if (request.url === '/v1/models') {
      json({ object: 'list', data: [{ id: 'model', object: 'model', created: 1, owned_by: auth }] })
    } else if (request.url === '/v1/chat/completions') answer(response, auth)
    else response.writeHead(404).end()
  })
  engine.listen(0, '127.0.0.1')
  await once(engine, 'listening')
  open.engine = engine
  return `http://127.0.0.1:${(engine.address() as AddressInfo).port}`
}

async function start(env: Record<string, string>) {
  const defaults = {
    DATA_DIR: dataDir,
    DATABASE_URL: database.url,
    LOG_LEVEL: 'debug',
    WARM_UP: 'false',
  }
  const parsed = parseEnv({ ...defaults, OPENAI_BASE_URL: 'http://127.0.0.1:9/v1', ...env })
  const services = await createServices({
    env: parsed,
    logger: createLogger(parsed, { write: (line) => void logs.push(line) }),
  })
  open.services = services
  setServices(services)
  return services
}

async function untilReady(services: Services) {
  const deadline = Date.now() + 10_000
  while (!services.monitor.current().canSend) {
    if (Date.now() > deadline) throw new Error(`still ${services.monitor.current().phase}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

const question = () => ({
  threadId: crypto.randomUUID(),
  parentId: null,
  runId: crypto.randomUUID(),
  message: { id: crypto.randomUUID(), text: 'Hello' },
})

describe('createServices', () => {
  it.each<[string, (response: ServerResponse, auth: string) => void]>([
    [
      'refuses with the key in its message',
      (response, auth) => {
        response
          .writeHead(401, { 'content-type': 'application/json', 'x-key': auth })
          .end(
            JSON.stringify({ error: { message: `bad ${auth}`, type: 'Unauthorized', code: 401 } }),
          )
      },
    ],
    [
      'fails with the key in its page',
      (response, auth) => {
        response.writeHead(500, { 'content-type': 'text/html' }).end(`<h1>${auth}</h1>`)
      },
    ],
    [
      'breaks off with the key in an event',
      (response, auth) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.end(
          `data: ${JSON.stringify({ error: { message: auth, type: 'x', code: 500 } })}\n\n`,
        )
      },
    ],
  ])('never lets the key out of the server when the engine %s', async (_, answer) => {
    const url = await startEngine(answer)
    const services = await start({ OPENAI_BASE_URL: url, OPENAI_API_KEY: KEY })
    await untilReady(services)
    const body = question()
    const responses = [
      await chat(post('/api/chat', body)),
      await readiness(get('/api/readiness')),
      await timings(get('/api/timings')),
      await thread(get('/x'), params(body.threadId)),
      await chat(post('/api/chat', {})),
    ]
    let all = ''
    for (const response of responses) {
      all += `${await response.text()}${JSON.stringify([...response.headers])}`
    }
    expect(all).toContain('"status":"failed"')
    expect(all).not.toContain('canary')
    expect(logs.length).toBeGreaterThan(0)
    expect(logs.join('')).not.toContain('canary')
    const stored = await database.dump()
    expect(stored).toContain(body.threadId)
    expect(stored).not.toContain('canary')
  })

  it('serves one server a DATA_DIR, and frees it with its end', async () => {
    const services = await start({})
    await expect(start({})).rejects.toMatchObject({ name: 'DataDirLockedError', pid: process.pid })
    await services.close({ graceMs: 0 })
    await start({})
  })

  it('frees the DATA_DIR when the database cannot be opened', async () => {
    await expect(start({ DATABASE_URL: '/dev/null/x.sqlite' })).rejects.toMatchObject({
      code: 'storage_failed',
    })
    await start({})
  })

  it('closes what a crash cut, with the text it had', async () => {
    const first = await start({})
    const body = question()
    const { reply } = await first.store.saveQuestion({ request: body, replyId: 'reply' })
    await first.store.checkpointReplies([{ id: reply.id, text: 'so far', reasoning: '' }])
    await first.close({ graceMs: 0 })
    const second = await start({})
    expect((await second.loadThread(body.threadId))?.messages[1]).toMatchObject({
      status: 'interrupted',
      text: 'so far',
      error: { code: 'server_stopping' },
    })
  })

  it('takes the system prompt of a file, read once, and says clearly when there is none', async () => {
    const file = join(dataDir, 'prompt.txt')
    const noFile = start({ SYSTEM_PROMPT_FILE: file })
    await expect(noFile).rejects.toThrow(`SYSTEM_PROMPT_FILE: ${file} does not exist`)
    writeFileSync(file, 'You are a pirate.')
    const bodies: string[] = []
    const url = await startEngine((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end('data: [DONE]\n\n')
    })
    open.engine?.on('request', (request) => {
      request.on('data', (chunk: Buffer) => bodies.push(String(chunk)))
    })
    const services = await start({ SYSTEM_PROMPT_FILE: file, OPENAI_BASE_URL: url })
    await untilReady(services)
    writeFileSync(file, 'changed')
    const response = await chat(post('/api/chat', question()))
    expect(await response.text()).toContain('"code":"engine_empty"')
    const sent = bodies.find((body) => body.includes('Hello')) ?? '{}'
    expect(JSON.parse(sent).messages[0]).toEqual({
      role: 'system',
      content: 'You are a pirate.',
    })
  })

  it('refuses questions, and lives, with an engine address that is none', async () => {
    await start({ OPENAI_BASE_URL: 'gpu:8000' })
    const response = await chat(post('/api/chat', question()))
    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({ error: { details: { phase: 'invalid-url' } } })
  })
})
