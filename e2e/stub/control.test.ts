import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type LoggedStub, startLoggedStub } from './__fixtures__/start-logged-stub.ts'
import { sendChat, sendRaw } from './raw-request.ts'

const MESSAGES = [{ role: 'user', content: 'echo one two three four' }]
let stub: LoggedStub['stub']
let logFile: string
let close: LoggedStub['close']

beforeAll(async () => {
  ;({ stub, logFile, close } = await startLoggedStub())
})
afterAll(() => close())
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
