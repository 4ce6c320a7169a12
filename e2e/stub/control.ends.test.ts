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
