import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type RawReply, type RawRequest, sendRaw } from './raw-request.ts'
import type { ScenarioPatch } from './scenario.ts'
import { type StubEngine, startStubEngine } from './start-stub-engine.ts'

const MODEL = 'smollm2-135m-instruct'
const SYSTEM = { role: 'system', content: 'You are brief.' }
const USER = { role: 'user', content: 'Say hi.' }
const BASE: ScenarioPatch = {
  modelId: MODEL,
  modelRoot: '/models/smollm2',
  maxModelLen: 4096,
  blockSize: 128,
  kvCacheTokens: 46_592,
  maxNumSeqs: 16,
  ttftMs: 1,
  tokenDelayMs: 0.01,
}

let stub: StubEngine
let guarded: StubEngine

beforeAll(async () => {
  stub = await startStubEngine({ scenario: BASE })
  guarded = await startStubEngine({ scenario: { ...BASE, apiKey: 'key' } })
})
afterAll(async () => {
  await stub.close()
  await guarded.close()
})
beforeEach(() => stub.control.reset())

function readFixture(name: string): string {
  return readFileSync(new URL(`./__fixtures__/vllm-0.32.0/${name}`, import.meta.url), 'utf8')
}

function dataLines(name: string): unknown[] {
  return readFixture(name)
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice('data: '.length)))
}

/** Ids, times and figures, which no two runs share; everything else is compared as it is. */
function normalise(text: string): string {
  return text
    .replace(/^date: .*\r$/m, 'date: <date>\r')
    .replace(/^x-request-id: [0-9a-f]{32}\r$/m, 'x-request-id: <hex32>\r')
    .replace(/"chatcmpl-[0-9a-f]{16}"/g, '"chatcmpl-<hex16>"')
    .replace(/"modelperm-[0-9a-f]{16}"/g, '"modelperm-<hex16>"')
    .replace(/"created":\d+/g, '"created":<time>')
    .replace(/"vllm-0\.32\.0-[0-9a-f]{8}"/g, '"vllm-0.32.0-<hex8>"')
    .replace(/("(?:[a-z_]+_ms|tokens_per_second)"):\d+\.\d+(?:e-\d+)?/g, '$1:<float>')
}

/** The tokenizer is another one, so counts of the prompt and ids differ; the rest may not. */
function normaliseCounts(text: string): string {
  return normalise(text)
    .replace(/("(?:prompt_tokens|total_tokens|cached_tokens|created_cache_tokens)"):\d+/g, '$1:<n>')
    .replace(/("(?:prompt_token_ids|token_ids|tokens)"):\[[\d,]+\]/g, '$1:<ids>')
    .replace(/("token_strs"):\[.*\]/g, '$1:<strings>')
    .replace(/"count":\d+/g, '"count":<n>')
    .replace(/^content-length: \d+\r$/m, 'content-length: <n>\r')
}

function toText(reply: RawReply): string {
  return reply.head + reply.body
}

type Case = { fixture: string } & Omit<RawRequest, 'port'>

function post(path: string, body: unknown): Omit<RawRequest, 'port'> {
  return {
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  }
}

function chat(extra: Record<string, unknown>): Omit<RawRequest, 'port'> {
  return post('/v1/chat/completions', { model: MODEL, messages: [SYSTEM, USER], ...extra })
}

const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } }
const tool = { type: 'function', function: { name: 'f', parameters: {} } }
const CHAT_PATH = '/v1/chat/completions'

const SAME: Case[] = [
  { fixture: 'health.http', path: '/health' },
  { fixture: 'ping.http', path: '/ping' },
  { fixture: 'version.http', path: '/version' },
  { fixture: 'load.http', path: '/load' },
  { fixture: 'err_health_head.http', method: 'HEAD', path: '/health' },
  { fixture: 'err_health_post.http', method: 'POST', path: '/health' },
  { fixture: 'err_method.http', path: CHAT_PATH },
  { fixture: 'err_path.http', path: '/v2/nope' },
  { fixture: 'err_model.http', ...chat({ model: 'nope' }) },
  { fixture: 'err_tokenize_model.http', ...post('/tokenize', { model: 'x', prompt: 'Hi' }) },
  {
    fixture: 'err_context.http',
    ...chat({ messages: [{ role: 'user', content: 'a '.repeat(9000) }] }),
  },
  { fixture: 'err_image.http', ...chat({ messages: [{ role: 'user', content: [image] }] }) },
  { fixture: 'err_json.http', ...post(CHAT_PATH, '{not json') },
  { fixture: 'err_badjson.http', ...post(CHAT_PATH, '{"a":') },
  { fixture: 'err_array.http', ...post(CHAT_PATH, '[]') },
  { fixture: 'err_empty_body.http', ...post(CHAT_PATH, '') },
  { fixture: 'err_empty_messages.http', ...chat({ messages: [] }) },
  { fixture: 'err_messages_type.http', ...chat({ messages: 'hi' }) },
  { fixture: 'err_no_messages.http', ...post(CHAT_PATH, { model: MODEL }) },
  { fixture: 'err_max_tokens_big.http', ...chat({ max_tokens: 5000 }) },
  { fixture: 'err_max_tokens_zero.http', ...chat({ max_tokens: 0 }) },
  { fixture: 'err_maxtok_str.http', ...chat({ max_tokens: 'many' }) },
  { fixture: 'err_stream_options.http', ...chat({ stream_options: { include_usage: true } }) },
  { fixture: 'err_temp_neg.http', ...chat({ temperature: -1 }) },
  { fixture: 'err_temperature.http', ...chat({ temperature: 9 }) },
  { fixture: 'err_type.http', ...chat({ temperature: 'hot' }) },
  { fixture: 'err_top_p.http', ...chat({ top_p: 0 }) },
  { fixture: 'err_tools.http', ...chat({ tools: [tool] }) },
  {
    fixture: 'err_415.http',
    ...chat({}),
    headers: { 'content-type': 'text/plain' },
  },
  {
    fixture: 'err_cors.http',
    method: 'OPTIONS',
    path: CHAT_PATH,
    headers: { origin: 'http://evil.example', 'access-control-request-method': 'POST' },
  },
]

describe('the wire, byte for byte as recorded from vLLM 0.32.0', () => {
  it('says which version it imitates', async () => {
    expect((await sendRaw({ port: stub.port, path: '/version' })).body).toBe('{"version":"0.32.0"}')
  })

  it.each(SAME)('answers as $fixture', async ({ fixture, ...request }) => {
    const reply = await sendRaw({ port: stub.port, ...request })
    expect(normalise(toText(reply))).toBe(normalise(readFixture(fixture)))
  })

  it('answers as models.http but for the length: the path in it was replaced after recording', async () => {
    const reply = await sendRaw({ port: stub.port, path: '/v1/models' })
    expect(normaliseCounts(toText(reply))).toBe(normaliseCounts(readFixture('models.http')))
  })

  it('answers as err_context_full.http when the prompt fills the context exactly', async () => {
    const request = chat({})
    const { count } = JSON.parse(
      (await sendRaw({ port: stub.port, ...post('/tokenize', { messages: [SYSTEM, USER] }) })).body,
    )
    stub.control.patch({ maxModelLen: count })
    const reply = await sendRaw({ port: stub.port, ...request })
    expect(normalise(toText(reply))).toBe(normalise(readFixture('err_context_full.http')))
  })

  it.each([
    ['err_unauthorized.http', chat({})],
    ['err_models_unauthorized.http', { path: '/v1/models' }],
  ])('answers as %s without the key', async (fixture, request) => {
    const reply = await sendRaw({ port: guarded.port, ...request })
    expect(normalise(toText(reply))).toBe(normalise(readFixture(fixture)))
  })

  it('guards /v1 only, and lets the key in', async () => {
    const headers = { authorization: 'Bearer key' }
    const models = await sendRaw({ port: guarded.port, path: '/v1/models', headers })
    const metrics = await sendRaw({ port: guarded.port, path: '/metrics' })
    expect([models.head.split('\r\n')[0], metrics.head.split('\r\n')[0]]).toEqual([
      'HTTP/1.1 200 OK',
      'HTTP/1.1 200 OK',
    ])
  })

  it.each([
    ['tokenize.http', { messages: [{ role: 'system', content: 'Q' }, USER] }],
    ['tokenize_no_generation_prompt.http', { messages: [USER], add_generation_prompt: false }],
    ['tokenize_prompt.http', { prompt: 'Hello there' }],
    ['tokenize_strs.http', { messages: [SYSTEM, USER], return_token_strs: true }],
  ])('answers as %s but for the tokens', async (fixture, body) => {
    const request = post('/tokenize', { model: MODEL, ...body })
    const reply = await sendRaw({ port: stub.port, ...request })
    expect(normaliseCounts(toText(reply))).toBe(normaliseCounts(readFixture(fixture)))
  })
})

type StreamCase = {
  fixture: string
  extra: Record<string, unknown>
  requestId?: string
  scenario?: ScenarioPatch
}

const USAGE = { stream: true, stream_options: { include_usage: true } }

const STREAMS: StreamCase[] = [
  {
    fixture: 'chat_stream.sse',
    extra: USAGE,
    requestId: 'turn-1',
    scenario: { includeMetrics: false },
  },
  { fixture: 'chat_stream_length.sse', extra: { ...USAGE, max_tokens: 5 } },
  { fixture: 'chat_stream_one_token.sse', extra: { ...USAGE, max_tokens: 1 } },
  { fixture: 'chat_stream_prefix_cold.sse', extra: USAGE, requestId: 'cold' },
  { fixture: 'chat_stream_prefix_warm.sse', extra: USAGE, requestId: 'warm' },
  {
    fixture: 'chat_stream_continuous_usage.sse',
    extra: {
      stream: true,
      max_tokens: 3,
      stream_options: { include_usage: true, continuous_usage_stats: true },
    },
  },
  {
    fixture: 'chat_stream_return_ids.sse',
    extra: { stream: true, max_tokens: 3, return_token_ids: true, return_prompt_text: true },
  },
  { fixture: 'chat_stream_without_usage.sse', extra: { stream: true, max_tokens: 3 } },
]

type Chunk = { choices?: { delta: { content?: string }; finish_reason: string | null }[] }

/** The pieces of text in a recorded stream, the empty one of the end left out. */
function recordedTokens(fixture: string): string[] {
  return (dataLines(fixture) as Chunk[])
    .flatMap((chunk) => chunk.choices ?? [])
    .filter(({ delta, finish_reason }) => !('role' in delta) && !(finish_reason && !delta.content))
    .map(({ delta }) => delta.content ?? '')
}

describe('streams, byte for byte as recorded from vLLM 0.32.0', () => {
  it.each(STREAMS)('streams as $fixture', async ({ fixture, extra, requestId, scenario }) => {
    stub.control.patch({ tokens: recordedTokens(fixture), ...scenario })
    const request = chat(extra)
    const headers = { ...request.headers, ...(requestId ? { 'X-Request-Id': requestId } : {}) }
    const reply = await sendRaw({ port: stub.port, ...request, headers })
    expect(normaliseCounts(toText(reply))).toBe(normaliseCounts(readFixture(fixture)))
  })

  it('streams as chat_stream_stop_string.sse: the stop string is not sent', async () => {
    stub.control.patch({ tokens: ['One', ' two', ' three', ' is', ' a', ' good'] })
    const reply = await sendRaw({ port: stub.port, ...chat({ stream: true, stop: ['a'] }) })
    expect(normalise(toText(reply))).toBe(normalise(readFixture('chat_stream_stop_string.sse')))
  })

  it('streams as chat_stream_engine_killed.sse when the core dies', async () => {
    const fixture = 'chat_stream_engine_killed.sse'
    const tokens = recordedTokens(fixture)
    stub.control.patch({ tokens: [...tokens, ' unseen'], stallAfterTokens: tokens.length })
    const streaming = sendRaw({ port: stub.port, ...chat(USAGE) })
    await stub.control.waitForStatus({ is: { running: 1 } })
    const isSent = () => stub.control.requests()[0]?.tokensSent === tokens.length
    while (!isSent()) await new Promise((resolve) => setImmediate(resolve))
    await stub.control.act({ action: 'die' })
    expect(normalise(toText(await streaming))).toBe(normalise(readFixture(fixture)))
  })

  it.each([
    ['chat.http', 6],
    ['chat_one_token.http', 1],
    ['chat_turn_1.http', 200],
    ['chat_turn_2.http', 1],
  ])('answers as %s when not streamed', async (fixture, maxTokens) => {
    const [, body = ''] = readFixture(fixture).split('\r\n\r\n')
    const { content } = JSON.parse(body).choices[0].message
    const tokens = [content, ...Array.from({ length: maxTokens - 1 }, () => '')]
    stub.control.patch({ tokens })
    const reply = await sendRaw({ port: stub.port, ...chat({ max_tokens: maxTokens }) })
    expect(normaliseCounts(toText(reply))).toBe(normaliseCounts(readFixture(fixture)))
  })
})
