import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { POST as chat } from '@/app/api/chat/route'
import { GET as engine } from '@/app/api/engine/route'
import { GET as ledger } from '@/app/api/ledger/route'
import { GET as exported } from '@/app/api/timings/export/route'
import { GET as timings } from '@/app/api/timings/route'
import { POST as tokenize } from '@/app/api/tokenize/route'
import { GET as trace } from '@/app/api/traces/[messageId]/route'
import { GET as metrics } from '@/app/metrics/route'
import { type StubEngine, startStubEngine } from '@/e2e/stub/start-stub-engine'
import { parseEnv } from '@/lib/config/env'
import { get, post } from '@/lib/server/__fixtures__/route-setup'
import { createLogger } from '@/lib/server/logger'
import { setServices } from '@/lib/server/services'
import type { ReplyTrace, UpstreamCall } from './domain/reply-trace'
import type { TimingPage } from './domain/timing-row'
import { checkExposition } from './metrics/__fixtures__/check-exposition'
import { createServices, type Services } from './services'

const KEY = 'sk-canary-8c1a0d0e5b7f'
let dataDir: string
let stub: StubEngine
let services: Services

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'debug-'))
  stub = await startStubEngine({ scenario: { apiKey: KEY, tokenDelayMs: 2, ttftMs: 10 } })
  const env = parseEnv({ DATA_DIR: dataDir, OPENAI_BASE_URL: stub.url, OPENAI_API_KEY: KEY })
  services = await createServices({ env, logger: createLogger(env, { write: () => undefined }) })
  setServices(services)
  await until(() => services.monitor.current().canSend)
})
afterEach(async () => {
  setServices(undefined)
  await services.close({ graceMs: 0 })
  await stub.close()
  rmSync(dataDir, { recursive: true })
})

async function until(isTrue: () => boolean | Promise<boolean>) {
  const deadline = Date.now() + 10_000
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error('waited in vain')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

type Turn = { threadId?: string; parentId?: string | null; text?: string }

async function ask({ threadId = crypto.randomUUID(), parentId = null, text = 'Hello' }: Turn = {}) {
  const runId = crypto.randomUUID()
  const message = { id: crypto.randomUUID(), text }
  const response = await chat(post('/api/chat', { threadId, parentId, runId, message }))
  await response.text()
  const reply = await services.store.loadReply(runId)
  return { threadId, runId, question: message, messageId: reply?.id ?? '' }
}

const traceOf = async (messageId: string): Promise<ReplyTrace> => {
  const context = { params: Promise.resolve({ messageId }) }
  const response = await trace(get(`/api/traces/${messageId}`), context)
  return (await response.json()).trace
}

describe('GET /api/traces/[messageId]', () => {
  it('has the request byte for byte as it was sent, and what was recorded, without the key', async () => {
    const first = await ask({ text: 'One "1"' })
    const second = await ask({ ...first, parentId: first.messageId, text: 'Two' })
    await until(async () => (await traceOf(second.messageId)).prefix !== undefined)
    const found = await traceOf(second.messageId)
    const sent = stub.control
      .requests({ path: '/v1/chat/completions' })
      .find(({ requestId }) => requestId === second.runId)
    expect(JSON.stringify(found.request.body)).toBe(sent?.body)
    expect(sent?.headers).toMatchObject(found.request.headers)
    expect(found).toMatchObject({
      threadId: first.threadId,
      question: 'Two',
      status: 'complete',
      finishReason: 'stop',
      engineVersion: '0.32.0',
      activity: { processStartedAtMs: expect.any(Number) },
      prefix: { reason: 'as-predicted' },
      request: { url: `${stub.url}/v1/chat/completions` },
    })
    expect(found.arrivalOffsetsMs?.length).toBe((found.timing?.completionTokens ?? 0) - 2)
    expect(JSON.stringify(found)).not.toContain(KEY)
  })

  it('knows replies only', async () => {
    const { question } = await ask()
    const context = { params: Promise.resolve({ messageId: question.id }) }
    expect((await trace(get('/api/traces/x'), context)).status).toBe(404)
  })
})

describe('GET /api/timings', () => {
  const list = async (query = ''): Promise<TimingPage> =>
    await (await timings(get(`/api/timings?${query}`))).json()

  it('tells what has changed since the cursor, with flags and reasons as they come', async () => {
    const empty = await list()
    expect(empty).toMatchObject({ rows: [], goneIds: [], isWhole: true })
    const { messageId } = await ask()
    await until(async () => (await traceOf(messageId)).prefix !== undefined)
    const changed = await list(`after=${empty.cursor}`)
    expect(changed).toMatchObject({
      isWhole: false,
      rows: [{ messageId, status: 'complete', prefixReason: expect.any(String) }],
    })
    expect(await list(`after=${changed.cursor}`)).toMatchObject({ rows: [], isWhole: false })
    expect(await list('after=of-another-process.5')).toMatchObject({
      isWhole: true,
      rows: [{ messageId }],
    })
  })

  it('filters, and refuses what it cannot read', async () => {
    const one = await ask()
    await ask()
    expect((await list(`threadId=${one.threadId}`)).rows).toHaveLength(1)
    expect((await list('status=failed')).rows).toHaveLength(0)
    expect((await list('slowerThanMs=5')).rows).toHaveLength(2)
    expect((await list('slowerThanMs=100000')).rows).toHaveLength(0)
    for (const query of ['status=odd', 'slowerThanMs=-1', 'limit=50001', 'threadId=x']) {
      expect((await timings(get(`/api/timings?${query}`))).status, query).toBe(400)
    }
  })
})

describe('GET /api/timings/export', () => {
  const read = async (query: string) => await exported(get(`/api/timings/export?${query}`))

  it('writes a line a request as JSON or CSV, and a summary with the keys of vllm bench serve', async () => {
    await ask({ text: '=HYPERLINK("x"), and a comma' })
    await ask()
    const lines = (await (await read('format=jsonl')).text()).trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { question: 'Hello', status: 'complete', ttft_ms: expect.any(Number) },
      { question: '=HYPERLINK("x"), and a comma' },
    ])
    const csv = await read('format=csv')
    expect(csv.headers.get('content-disposition')).toContain('first-token-timings.csv')
    const rows = (await csv.text()).split('\r\n')
    expect(rows).toHaveLength(4)
    expect(rows[2]).toMatch(/"'=HYPERLINK\(""x""\), and a comma"$/)
    const summary = await (await read('format=summary&goodput=ttft:5000%20tpot:500')).json()
    expect(summary).toMatchObject({
      completed: 2,
      failed: 0,
      total_output_tokens: expect.any(Number),
      mean_ttft_ms: expect.any(Number),
      p99_tpot_ms: expect.any(Number),
      median_e2el_ms: expect.any(Number),
    })
    expect(summary.request_goodput).toBe(summary.request_throughput)
  })

  it('has the gaps between tokens in its summary, once they are recorded', async () => {
    await ask()
    await until(async () => (await (await read('format=summary')).json()).mean_itl_ms !== undefined)
    const { mean_itl_ms: mean } = await (await read('format=summary')).json()
    expect(mean).toBeGreaterThan(1)
  })

  it.each(['', 'format=xml', 'format=csv&goodput=fast'])('refuses %j', async (query) => {
    expect((await read(query)).status).toBe(400)
  })
})

describe('GET /api/ledger and /api/engine', () => {
  it('has every call with its cause: one generation a turn, the warm-up, counts, looks', async () => {
    const { messageId } = await ask()
    await until(async () => (await traceOf(messageId)).prefix !== undefined)
    const { calls }: { calls: UpstreamCall[] } = await (await ledger(get('/api/ledger'))).json()
    const causes = calls.map(({ kind, cause }) => `${kind} ${cause}`)
    expect(new Set(causes)).toEqual(
      new Set([
        'generation turn',
        'warm-up start-of-engine',
        'tokenize system-prompt',
        'tokenize prefix-guard',
        'probe watch',
      ]),
    )
    expect(causes.filter((cause) => cause === 'generation turn')).toHaveLength(1)
    expect(calls.find(({ kind }) => kind === 'probe')?.count).toBeGreaterThan(3)
    const asked = stub.control.requests()
    const looks = calls.find(({ kind }) => kind === 'probe')?.count ?? 0
    const answered = asked.filter(({ method, endedAtMs }) => method === 'GET' && endedAtMs)
    expect(looks).toBeGreaterThanOrEqual(answered.length - 3)
    expect(asked.filter(({ method }) => method === 'POST')).toHaveLength(calls.length - 1)
  })

  it('has the pulse of the engine', async () => {
    await ask()
    await until(async () => {
      const { pulse } = await (await engine(get('/api/engine'))).json()
      return pulse.generationTokensPerSecond > 0 && pulse.ttftP95Ms > 0
    })
    const { pulse } = await (await engine(get('/api/engine'))).json()
    expect(pulse).toMatchObject({ runningRequests: 0, waitingRequests: 0, preemptionsPerMinute: 0 })
  })
})

describe('POST /api/tokenize', () => {
  it('counts the prompt that the draft would make', async () => {
    const { threadId, messageId } = await ask()
    const draft = { threadId, parentId: messageId, text: 'And now?' }
    const counted = await (await tokenize(post('/api/tokenize', draft))).json()
    const next = await ask({ threadId, parentId: messageId, text: 'And now?' })
    const { timing } = await traceOf(next.messageId)
    expect(counted).toEqual({
      promptTokens: timing?.promptTokens,
      maxModelLen: 8192,
      isTooLong: false,
    })
  })

  it('refuses while the engine is not ready', async () => {
    await stub.control.act({ action: 'stop' })
    await until(() => !services.monitor.current().canSend)
    const draft = { threadId: crypto.randomUUID(), parentId: null, text: 'x' }
    const response = await tokenize(post('/api/tokenize', draft))
    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({ error: { code: 'engine_not_ready' } })
  })
})

describe('GET /metrics', () => {
  it('is a page that a strict reader takes, with the reply and the phase in it', async () => {
    await ask()
    const response = await metrics(get('/metrics'))
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    const families = checkExposition(await response.text())
    const { sha256 } = services.monitor.current().systemPrompt
    expect(families.get('first_token_build_info')?.samples[0]?.labels).toMatchObject({
      system_prompt_sha256: sha256,
    })
    const phases = families.get('first_token_engine_phase')?.samples ?? []
    expect(phases.filter(({ value }) => value === 1)).toMatchObject([
      { labels: { phase: 'ready' } },
    ])
    const ttft = families.get('first_token_time_to_first_token_seconds')
    expect(ttft?.samples.find(({ name }) => name.endsWith('_count'))?.value).toBe(1)
  })

  it('is told to no one under a foreign name', async () => {
    expect((await metrics(get('/metrics', { host: 'evil.example' }))).status).toBe(421)
  })
})

it('keeps the key of the engine out of everything that it tells', async () => {
  await ask()
  await services.debug.close()
  const texts = await Promise.all(
    [
      timings(get('/api/timings')),
      exported(get('/api/timings/export?format=jsonl')),
      ledger(get('/api/ledger')),
      engine(get('/api/engine')),
      metrics(get('/metrics')),
    ].map(async (response) => await (await response).text()),
  )
  expect(texts.join('')).not.toContain(KEY)
})
