import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { sendChat, sendRaw } from './raw-request.ts'
import { type StubEngine, startStubEngine } from './start-stub-engine.ts'

const folder = mkdtempSync(join(tmpdir(), 'stub-'))
const logFile = join(folder, 'engine.log')
const MESSAGES = [{ role: 'user', content: 'echo one two three four' }]
let stub: StubEngine

beforeAll(async () => {
  const scenario = { modelId: 'm', ttftMs: 1, tokenDelayMs: 0.01 }
  stub = await startStubEngine({ logFile, scenario })
})
afterAll(async () => {
  await stub.close()
  rmSync(folder, { recursive: true })
})
beforeEach(() => stub.control.reset())

async function call(options: { path: string; method?: string; body?: unknown }) {
  const { path, method = 'GET', body } = options
  const response = await fetch(`${stub.controlUrl}/__control${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, value: await response.json() }
}

function ask(extra: Record<string, unknown> = {}) {
  return sendChat({ port: stub.port, body: { messages: MESSAGES, stream: true, ...extra } })
}

async function readMetric(name: string): Promise<number> {
  const { body } = await sendRaw({ port: stub.port, path: '/metrics' })
  const line = body.split('\n').find((text) => text.startsWith(name)) ?? ''
  return Number(line.slice(line.lastIndexOf(' ')))
}

/** Starts a stream that is held after so many tokens, and resolves when they have left. */
async function hold(options: { tokens: number; signal?: AbortSignal }) {
  stub.control.patch({ stallAfterTokens: options.tokens })
  const response = await fetch(`${stub.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'X-Request-Id': 'held' },
    body: JSON.stringify({ messages: MESSAGES, stream: true }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  })
  const isHeld = () => stub.control.requests().at(-1)?.tokensSent === options.tokens
  while (!isHeld()) await new Promise((resolve) => setImmediate(resolve))
  return response
}

describe('the control server', () => {
  it('reads, changes and takes back the scenario of all and of one session', async () => {
    const patched = await call({ path: '/scenario', method: 'PATCH', body: { ttftMs: 7 } })
    expect(patched.value.ttftMs).toBe(7)
    const body = { match: { sessionId: 's' }, ttftMs: 9 }
    expect((await call({ path: '/scenario', method: 'PATCH', body })).value.ttftMs).toBe(9)
    expect((await call({ path: '/scenario' })).value.ttftMs).toBe(7)
    expect((await call({ path: '/scenario?sessionId=s' })).value.ttftMs).toBe(9)
    await call({ path: '/scenario?sessionId=s', method: 'DELETE' })
    expect((await call({ path: '/scenario?sessionId=s' })).value.ttftMs).toBe(7)
    await call({ path: '/scenario', method: 'DELETE' })
    expect((await call({ path: '/scenario' })).value.ttftMs).toBe(1)
  })

  it('takes null for the default of a knob', async () => {
    const { value } = await call({ path: '/scenario', method: 'PATCH', body: { ttftMs: null } })
    expect(value.ttftMs).toBe(20)
  })

  it.each([
    ['PATCH', '/scenario', { ttftms: 3 }, 'unknown key "ttftms", did you mean "ttftMs"?'],
    [
      'PATCH',
      '/scenario',
      { ttftMs: -1 },
      '"ttftMs" must be a number of milliseconds of at least 0, got -1',
    ],
    [
      'PATCH',
      '/scenario',
      { match: { sessionId: 'a' }, modelId: 'b' },
      '"modelId" belongs to the engine and cannot differ by session',
    ],
    ['PATCH', '/scenario', { match: {} }, '"match" must be an object with sessionId, a string'],
    ['POST', '/actions', { action: 'dye' }, 'unknown action "dye", did you mean "die"?'],
    [
      'POST',
      '/actions',
      { action: 'die', stream: 'fin' },
      'unknown key "stream" of action "die", did you mean "streams"?',
    ],
    ['POST', '/actions', { action: 'cut', how: 'off' }, '"how" must be one of "fin", "rst"'],
    ['POST', '/actions', { action: 'log' }, 'action "log" needs "text"'],
    ['GET', '/requests?minn=1', undefined, 'unknown parameter "minn", did you mean "min"?'],
    ['GET', '/requests?min=x', undefined, '"min" must be a number of at least 0, got "x"'],
    ['GET', '/gauges?phasee=ready', undefined, 'unknown parameter "phasee", did you mean "phase"?'],
  ])('answers 400 to %s %s %j and says what is wrong', async (method, path, body, problem) => {
    const { status, value } = await call({ path, method, body })
    expect({ status, error: value.error }).toEqual({ status: 400, error: [problem] })
  })

  it('names what it knows when it is asked for something else', async () => {
    const { status, value } = await call({ path: '/nothing' })
    expect([status, value.error[0]]).toEqual([
      404,
      expect.stringContaining('GET /__control/requests'),
    ])
  })

  it('answers a wait as soon as there is what it waits for', async () => {
    const waiting = call({ path: '/requests?min=1&state=ended&timeoutMs=5000' })
    await ask()
    const { status, value } = await waiting
    expect(status).toBe(200)
    expect(value[0]).toMatchObject({ closedBy: 'stub', textSent: 'one two three four' })
  })

  it('answers 408 when the deadline of a wait has passed', async () => {
    const { status, value } = await call({ path: '/requests?min=1&timeoutMs=20' })
    expect([status, value.error[0]]).toEqual([408, expect.stringContaining('0 of 1 requests')])
  })
})

describe('a recorded log that is replayed', () => {
  it('is found by its name, and leaves the port shut where the start was fatal', async () => {
    const file = 'vllm-0.26.0-gpu/fatal.no-memory-for-cache-blocks.jsonl'
    stub.control.patch({ logReplay: { file, speed: 1000, until: 'end' } })
    await stub.control.act({ action: 'restart' })
    const readLog = () => readFileSync(logFile, 'utf8')
    await expect.poll(readLog).toContain('No available memory for the cache blocks')
    expect((await ask()).errorCode).toBe('ECONNREFUSED')
  })

  it('opens the port when it says so', async () => {
    const file = 'vllm-0.32.0/startup.enforce-eager.jsonl'
    stub.control.patch({ logReplay: { file, speed: 1000, until: 'ready' } })
    await stub.control.act({ action: 'restart' })
    expect(stub.control.status().phase).toBe('loading')
    await stub.control.waitForStatus({ is: { phase: 'ready' } })
    expect((await ask()).isWhole).toBe(true)
  })

  it('is a sentence of the control server when it is not there', async () => {
    const logReplay = { file: 'nowhere.jsonl' }
    await call({ path: '/scenario', method: 'PATCH', body: { logReplay } })
    const { status, value } = await call({
      path: '/actions',
      method: 'POST',
      body: { action: 'restart' },
    })
    expect([status, value.error[0]]).toEqual([500, expect.stringContaining('nowhere.jsonl')])
  })
})

describe('the record of a request', () => {
  it('has the raw body, the headers, the times and what was sent', async () => {
    const body = `{"messages":  [{"role":"user","content":"echo ü"}],\n"stream": true}`
    const headers = {
      'content-type': 'application/json',
      'X-Session-ID': 's1',
      'X-Request-Id': 't1',
    }
    const before = Date.now()
    await sendRaw({ port: stub.port, method: 'POST', path: '/v1/chat/completions', headers, body })
    const [record] = await stub.control.waitForRequests({ min: 1, state: 'socket-closed' })
    expect(record).toMatchObject({
      method: 'POST',
      url: '/v1/chat/completions',
      body,
      sessionId: 's1',
      requestId: 't1',
      status: 200,
      closedBy: 'stub',
      tokensSent: 2,
      textSent: 'ü',
      cachedTokens: 0,
    })
    expect(record?.headers['content-type']).toBe('application/json')
    const times = [
      before - 1,
      record?.receivedAtMs,
      record?.scheduledAtMs,
      record?.firstByteAtMs,
      record?.endedAtMs,
      record?.socketClosedAtMs,
      Date.now() + 1,
    ]
    expect(times.every((time) => typeof time === 'number')).toBe(true)
    expect(times).toEqual([...times].sort((a, b) => Number(a) - Number(b)))
  })

  it('counts what is in flight, most at once and in all', async () => {
    stub.control.patch({ stallAfterTokens: 0 })
    const asking = [ask(), ask(), ask()]
    expect(await stub.control.waitForStatus({ is: { inFlight: 3 } })).toMatchObject({ total: 3 })
    await stub.control.waitForStatus({ is: { running: 3 } })
    await stub.control.act({ action: 'resume-stalled' })
    await Promise.all(asking)
    expect(stub.control.status()).toMatchObject({ inFlight: 0, maxInFlight: 3, total: 3 })
  })
})

describe('a client that leaves', () => {
  it('is seen while it streams: slot freed, abort logged, no abort counted, as in vLLM', async () => {
    const controller = new AbortController()
    await hold({ tokens: 2, signal: controller.signal })
    controller.abort()
    const [record] = await stub.control.waitForRequests({ min: 1, state: 'socket-closed' })
    expect(record).toMatchObject({ closedBy: 'client', tokensSent: 2 })
    await stub.control.waitForStatus({ is: { inFlight: 0, running: 0 } })
    const readLog = () => readFileSync(logFile, 'utf8')
    await expect.poll(readLog).toContain('[async_llm.py:783] Request chatcmpl-held aborted.\n')
    expect(readLog()).toMatch(
      /\[async_llm\.py:922\] Aborted request\(s\) chatcmpl-held-[0-9a-f]{8}\.\n/,
    )
    const name = 'vllm:request_success_total{engine="0",finished_reason="abort"'
    expect(await readMetric(name)).toBe(0)
  })

  it.each([
    ['while it waits', { maxNumSeqs: 1, queueMs: 60_000 }, { waiting: 1 }],
    ['before its first token', { ttftMs: 60_000 }, { running: 1 }],
  ])('is seen %s', async (_when, scenario, is) => {
    stub.control.patch(scenario)
    const controller = new AbortController()
    const asking = fetch(`${stub.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ messages: MESSAGES }),
      signal: controller.signal,
    }).catch(() => 'aborted')
    await stub.control.waitForStatus({ is })
    controller.abort()
    expect(await asking).toBe('aborted')
    await stub.control.waitForStatus({ is: { inFlight: 0, running: 0, waiting: 0 } })
    expect(stub.control.requests()[0]).toMatchObject({ closedBy: 'client', tokensSent: 0 })
  })
})

describe('an engine that dies', () => {
  it('ends streams with the error event, answers /health 503 once, then refuses', async () => {
    const response = await hold({ tokens: 2 })
    await stub.control.act({ action: 'die', closeAfterMs: 60_000 })
    const text = await response.text()
    expect(text).toMatch(
      /data: \{"error": \{"message": "EngineCore encountered.*\}\n\ndata: \[DONE\]\n\n$/,
    )
    expect((await sendRaw({ port: stub.port, path: '/health' })).head).toMatch(/^HTTP\/1\.1 503 /)
    await stub.control.waitForStatus({ is: { phase: 'down' } })
    expect((await sendRaw({ port: stub.port, path: '/health' })).errorCode).toBe('ECONNREFUSED')
    const log = readFileSync(logFile, 'utf8')
    expect(log).toContain('engine core exited unexpectedly; starting cleanup')
    expect(log).toContain('Request chatcmpl-held failed (engine dead).')
  })

  it('refuses by itself when nobody asks', async () => {
    await stub.control.act({ action: 'die', closeAfterMs: 10 })
    expect((await ask()).head).toMatch(/^HTTP\/1\.1 500 |^$/)
    await stub.control.waitForStatus({ is: { phase: 'down' } })
  })

  it.each(['fin', 'rst'] as const)('can cut streams by %s instead', async (streams) => {
    stub.control.patch({ stallAfterTokens: 2 })
    const asking = ask()
    const isHeld = () => stub.control.requests()[0]?.tokensSent === 2
    while (!isHeld()) await new Promise((resolve) => setImmediate(resolve))
    await stub.control.act({ action: 'die', streams })
    const reply = await asking
    expect(reply.isWhole).toBe(false)
    expect(reply.errorCode).toBe(streams === 'rst' ? 'ECONNRESET' : undefined)
    expect(reply.body).not.toContain('error')
  })

  it('loads again on a restart, with a new start time, an empty cache and counters at 0', async () => {
    const content = `echo ${'word '.repeat(60)}`
    const cached = async () => {
      const reply = await ask({ messages: [{ role: 'user', content }], stream: false })
      return JSON.parse(reply.body).usage.prompt_tokens_details.cached_tokens
    }
    await cached()
    expect(await cached()).toBeGreaterThan(0)
    const started = await readMetric('process_start_time_seconds')
    stub.control.patch({ loadingMs: 30 })
    await stub.control.act({ action: 'restart' })
    expect(stub.control.status().phase).toBe('loading')
    expect((await sendRaw({ port: stub.port, path: '/health' })).errorCode).toBe('ECONNREFUSED')
    await stub.control.waitForStatus({ is: { phase: 'ready' } })
    expect(await readMetric('process_start_time_seconds')).toBeGreaterThan(started)
    expect(await readMetric('vllm:generation_tokens_total')).toBe(0)
    expect(await cached()).toBe(0)
  })

  it('cuts what runs on a restart', async () => {
    const response = await hold({ tokens: 1 })
    await stub.control.act({ action: 'restart' })
    await expect(response.text()).rejects.toThrow()
    expect(stub.control.status()).toMatchObject({ phase: 'ready', inFlight: 0, running: 0 })
  })

  it('is gone after a stop until a restart', async () => {
    await stub.control.act({ action: 'stop' })
    expect((await ask()).errorCode).toBe('ECONNREFUSED')
    await stub.control.act({ action: 'restart' })
    expect((await ask()).isWhole).toBe(true)
  })
})

describe('a reset', () => {
  it('cuts what runs and forgets scenario, records, counters and cache', async () => {
    await hold({ tokens: 1 })
    await stub.control.reset()
    expect(stub.control.status()).toMatchObject({ inFlight: 0, total: 0, maxInFlight: 0 })
    expect(stub.control.requests()).toEqual([])
    expect(stub.control.scenario().stallAfterTokens).toBeNull()
    expect(await readMetric('vllm:prompt_tokens_total')).toBe(0)
  })

  it('starts an engine again that is dead', async () => {
    await stub.control.act({ action: 'die', closeAfterMs: 0 })
    await stub.control.reset()
    expect(stub.control.status().phase).toBe('ready')
    expect((await ask()).isWhole).toBe(true)
  })
})
