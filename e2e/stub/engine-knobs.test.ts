import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { ENGINE_KNOBS } from './knobs.ts'
import { type RawReply, sendChat, sendRaw } from './raw-request.ts'
import type { EngineScenario, ScenarioPatch } from './scenario.ts'
import { type StubEngine, startStubEngine } from './start-stub-engine.ts'

const folder = mkdtempSync(join(tmpdir(), 'stub-'))
const started: StubEngine[] = []
let logs = 0
let logFile = ''

afterEach(() => Promise.all(started.splice(0).map((stub) => stub.close())))
afterAll(() => rmSync(folder, { recursive: true }))

async function start(scenario: ScenarioPatch = {}): Promise<StubEngine> {
  logs += 1
  logFile = join(folder, `${logs}.log`)
  const quick = { modelId: 'm', ttftMs: 1, tokenDelayMs: 0.01 }
  const stub = await startStubEngine({ logFile, scenario: { ...quick, ...scenario } })
  started.push(stub)
  return stub
}

function readLog(): string {
  return readFileSync(logFile, 'utf8')
}

function get(options: { stub: StubEngine; path: string }): Promise<RawReply> {
  return sendRaw({ port: options.stub.port, path: options.path })
}

function ask(options: { stub: StubEngine; content?: string; body?: object }): Promise<RawReply> {
  const messages = [{ role: 'user', content: options.content ?? 'echo one two three' }]
  return sendChat({ port: options.stub.port, body: { messages, ...options.body } })
}

function statusOf(reply: RawReply): number {
  return Number(reply.head.split(' ')[1])
}

async function readMetric(options: { stub: StubEngine; name: string }): Promise<number> {
  const { body } = await get({ stub: options.stub, path: '/metrics' })
  const line = body.split('\n').find((text) => text.startsWith(options.name)) ?? ''
  return Number(line.slice(line.lastIndexOf(' ')))
}

async function firstCard(stub: StubEngine) {
  return JSON.parse((await get({ stub, path: '/v1/models' })).body).data[0]
}

const words = (count: number) => Array.from({ length: count }, (_, word) => `w${word}`).join(' ')

const TESTS: { [Name in keyof EngineScenario]: () => Promise<void> } = {
  modelId: async () => {
    const stub = await start({ modelId: 'my-model' })
    expect((await firstCard(stub)).id).toBe('my-model')
    expect(JSON.parse((await ask({ stub })).body).model).toBe('my-model')
    expect((await get({ stub, path: '/metrics' })).body).toContain('model_name="my-model"')
  },
  servedModels: async () => {
    const stub = await start({ servedModels: ['a', 'b'] })
    const { data } = JSON.parse((await get({ stub, path: '/v1/models' })).body)
    expect(data.map((card: { id: string }) => card.id)).toEqual(['a', 'b'])
    expect(JSON.parse((await ask({ stub, body: { model: 'b' } })).body).model).toBe('a')
    const refused = JSON.parse((await ask({ stub, body: { model: 'm' } })).body)
    expect(refused.error.message).toBe('The model `m` does not exist. Valid aliases: a, b.')
  },
  modelRoot: async () => {
    expect((await firstCard(await start({ modelRoot: '/models/x' }))).root).toBe('/models/x')
    expect((await firstCard(await start())).root).toBe('m')
  },
  maxModelLen: async () => {
    const stub = await start({ maxModelLen: 64 })
    expect((await firstCard(stub)).max_model_len).toBe(64)
    const { error } = JSON.parse((await ask({ stub, content: words(80) })).body)
    expect(error).toMatchObject({ param: 'input_tokens', code: 400 })
    expect(error.message).toContain('maximum context length is 64 tokens')
    expect(error.message).toContain('at least 65 input tokens')
    const filled = JSON.parse((await ask({ stub, body: { ignore_eos: true } })).body)
    expect(filled.usage.total_tokens).toBe(64)
    expect(filled.choices[0].finish_reason).toBe('length')
  },
  kvCacheTokens: async () => {
    const stub = await start({ kvCacheTokens: 320, blockSize: 16 })
    const { body } = await get({ stub, path: '/metrics' })
    expect(body).toContain('kv_cache_size_tokens="320"')
    expect(body).toContain('num_gpu_blocks="20"')
    const cached = async (content: string) =>
      JSON.parse((await ask({ stub, content })).body).usage.prompt_tokens_details.cached_tokens
    const [first, second] = [`echo ${words(100)}`, `echo other ${words(130)}`]
    await cached(first)
    expect(await cached(first)).toBeGreaterThan(0)
    await cached(second)
    expect(await cached(first)).toBe(0)
  },
  blockSize: async () => {
    const stub = await start({ blockSize: 128 })
    const content = `echo ${words(120)}`
    await ask({ stub, content })
    const { usage } = JSON.parse((await ask({ stub, content })).body)
    expect(usage.prompt_tokens_details.cached_tokens).toBe(
      Math.floor((usage.prompt_tokens - 1) / 128) * 128,
    )
    expect((await get({ stub, path: '/metrics' })).body).toContain('block_size="128"')
  },
  maxNumSeqs: async () => {
    const stub = await start({ maxNumSeqs: 2, stallAfterTokens: 0 })
    const asking = [1, 2, 3, 4].map(() => ask({ stub }))
    const status = await stub.control.waitForStatus({ is: { inFlight: 4, running: 2, waiting: 2 } })
    expect(status.maxInFlight).toBe(4)
    expect(await readMetric({ stub, name: 'vllm:num_requests_running' })).toBe(2)
    expect(await readMetric({ stub, name: 'vllm:num_requests_waiting' })).toBe(2)
    stub.control.patch({ maxNumSeqs: 4 })
    await stub.control.waitForStatus({ is: { running: 4, waiting: 0 } })
    await stub.control.act({ action: 'resume-stalled' })
    expect((await Promise.all(asking)).map(statusOf)).toEqual([200, 200, 200, 200])
  },
  apiKey: async () => {
    const stub = await start({ apiKey: 'secret' })
    expect(statusOf(await ask({ stub }))).toBe(401)
    const headers = { authorization: 'Bearer secret' }
    expect(statusOf(await sendRaw({ port: stub.port, path: '/v1/models', headers }))).toBe(200)
  },
  version: async () => {
    const stub = await start({ version: '0.31.1' })
    expect((await get({ stub, path: '/version' })).body).toBe('{"version":"0.31.1"}')
    expect(JSON.parse((await ask({ stub })).body).system_fingerprint).toMatch(/^vllm-0\.31\.1-/)
    expect(readLog()).toContain('version 0.31.1')
  },
  requestIdHeaders: async () => {
    const stub = await start({ requestIdHeaders: false })
    expect((await get({ stub, path: '/health' })).head).not.toMatch(/x-request-id/i)
  },
  logRequests: async () => {
    const loud = await start()
    await sendChat({
      port: loud.port,
      headers: { 'X-Request-Id': 'turn-7' },
      body: { messages: [{ role: 'user', content: 'my secret words' }], max_tokens: 2 },
    })
    const log = readLog()
    expect(log).toMatch(
      /\[request_logger\.py:65\] Received request chatcmpl-turn-7: params: .*max_tokens=2,/,
    )
    expect(log).toMatch(/\[async_llm\.py:578\] Added request chatcmpl-turn-7-[0-9a-f]{8}\./)
    expect(log).toMatch(
      /^INFO: {5}127\.0\.0\.1:\d+ - "POST \/v1\/chat\/completions HTTP\/1\.1" 200 OK$/m,
    )
    expect(log).not.toContain('secret')
    const quiet = await start({ logRequests: false })
    await ask({ stub: quiet })
    expect(readLog()).not.toContain('Received request')
  },
  loadingMs: async () => {
    const startMs = performance.now()
    const stub = await start({ loadingMs: 150 })
    expect(stub.control.status().phase).toBe('loading')
    await stub.control.waitForStatus({ is: { phase: 'ready' } })
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(149)
    expect(statusOf(await get({ stub, path: '/health' }))).toBe(200)
  },
  loadingMode: async () => {
    const refusing = await start({ loadingMs: 60_000, loadingMode: 'refuse' })
    expect((await get({ stub: refusing, path: '/health' })).errorCode).toBe('ECONNREFUSED')
    await refusing.control.act({ action: 'finish-loading' })
    await refusing.control.waitForStatus({ is: { phase: 'ready' } })
    expect(statusOf(await get({ stub: refusing, path: '/health' }))).toBe(200)
    const answering = await start({ loadingMs: 60_000, loadingMode: '503' })
    expect(statusOf(await get({ stub: answering, path: '/health' }))).toBe(503)
    expect(statusOf(await ask({ stub: answering }))).toBe(503)
  },
  startLog: async () => {
    await start({ startLog: 'vllm' })
    expect(readLog()).toMatch(/Application startup complete\.\n$/)
    const silent = await start({ startLog: 'none' })
    await silent.control.act({ action: 'log', text: 'only this' })
    expect(readLog()).toBe('only this\n')
  },
  logLines: async () => {
    const logLines = [
      { atMs: 0, text: 'first' },
      { atMs: 40, text: 'second' },
    ]
    const stub = await start({ loadingMs: 80, logLines })
    expect(readLog()).toBe('first\n')
    await stub.control.waitForStatus({ is: { phase: 'ready' } })
    expect(readLog()).toBe('first\nsecond\n')
  },
  logReplay: async () => {
    const file = join(folder, 'recorded.jsonl')
    const lines = [
      { t: 1, s: 'half a ' },
      { t: 2, s: 'line\nINFO:     Application startup complete.\n' },
      { t: 3, s: 'later\n' },
      { t: 4, exit: 0 },
    ]
    writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
    const stub = await start({ logReplay: { file, speed: 20, until: 'ready' } })
    expect((await get({ stub, path: '/health' })).errorCode).toBe('ECONNREFUSED')
    await stub.control.waitForStatus({ is: { phase: 'ready' } })
    expect(readLog()).toBe('half a line\nINFO:     Application startup complete.\n')
    const whole = await start({ logReplay: { file, speed: 40, until: 'end' } })
    await whole.control.waitForStatus({ is: { phase: 'ready' } })
    await whole.control.waitForStatus({ is: { phase: 'down' } })
    expect(readLog()).toContain('later\n')
  },
  statsIntervalMs: async () => {
    const stub = await start({ statsIntervalMs: 30 })
    await ask({ stub })
    const pattern =
      /Engine 000: Avg prompt throughput: [\d.]+ tokens\/s, Avg generation throughput: [\d.]+ tokens\/s, Running: 0 reqs, Waiting: 0 reqs, GPU KV cache usage: 0\.0%, Prefix cache hit rate: 0\.0%\n/
    await expect.poll(readLog).toMatch(pattern)
  },
  healthMode: async () => {
    const stub = await start({ healthMode: '503' })
    expect(statusOf(await get({ stub, path: '/health' }))).toBe(503)
    stub.control.patch({ healthMode: 'hang' })
    const signal = AbortSignal.timeout(80)
    await expect(fetch(`${stub.url}/health`, { signal })).rejects.toMatchObject({
      name: 'TimeoutError',
    })
    stub.control.patch({ healthMode: 'ok' })
    expect(statusOf(await get({ stub, path: '/health' }))).toBe(200)
  },
  modelsStatus: async () => {
    const stub = await start({ modelsStatus: 403 })
    const reply = await get({ stub, path: '/v1/models' })
    expect([statusOf(reply), JSON.parse(reply.body).error.code]).toEqual([403, 403])
    stub.control.patch({ modelsStatus: 502 })
    expect((await get({ stub, path: '/v1/models' })).body).toMatch(/^<html>/)
  },
  modelsShape: async () => {
    const stub = await start({ modelsShape: 'html' })
    const reply = await get({ stub, path: '/v1/models' })
    expect([statusOf(reply), reply.body.slice(0, 6)]).toEqual([200, '<html>'])
    expect(reply.head).toContain('content-type: text/html')
  },
  sleeping: async () => {
    const stub = await start({ sleeping: true })
    const asking = ask({ stub })
    await stub.control.waitForStatus({ is: { waiting: 1, running: 0 } })
    const name = 'vllm:engine_sleep_state{engine="0",model_name="m",sleep_state="awake"}'
    expect(await readMetric({ stub, name })).toBe(0)
    expect((await get({ stub, path: '/is_sleeping' })).body).toBe('{"is_sleeping":true}')
    await stub.control.act({ action: 'wake' })
    expect(statusOf(await asking)).toBe(200)
    expect(await readMetric({ stub, name })).toBe(1)
  },
  wedge: async () => {
    const stub = await start({ wedge: true })
    expect(await readMetric({ stub, name: 'vllm:num_requests_running' })).toBe(1)
    const asking = ask({ stub, body: { stream: true } })
    const [record] = await stub.control.waitForRequests({ min: 1 })
    expect(statusOf(await get({ stub, path: '/health' }))).toBe(200)
    expect(await readMetric({ stub, name: 'vllm:generation_tokens_total' })).toBe(0)
    expect(record?.firstByteAtMs).toBeUndefined()
    await stub.control.act({ action: 'unwedge' })
    expect((await asking).isWhole).toBe(true)
    expect(await readMetric({ stub, name: 'vllm:generation_tokens_total' })).toBe(4)
  },
  metricNames: async () => {
    const stub = await start({ metricNames: 'old' })
    const { body } = await get({ stub, path: '/metrics' })
    expect(body).toMatch(/^vllm:gpu_cache_usage_perc\{/m)
    expect(body).toMatch(/^vllm:gpu_prefix_cache_hits_total\{/m)
    expect(body).not.toMatch(/vllm:kv_cache_usage_perc|vllm:prefix_cache_(hits|queries)/)
  },
  preemptions: async () => {
    const stub = await start({ preemptions: 3 })
    expect(await readMetric({ stub, name: 'vllm:num_preemptions_total' })).toBe(3)
  },
}

describe('a knob of the engine', () => {
  it.each(Object.entries(TESTS))('%s does what it says', async (_name, run) => {
    await run()
  })

  it('has a test for every knob there is', () => {
    expect(Object.keys(TESTS).sort()).toEqual(Object.keys(ENGINE_KNOBS).sort())
  })
})
