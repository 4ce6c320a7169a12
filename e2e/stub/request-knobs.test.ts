import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  chunks,
  deltas,
  finishOf,
  metricsOf,
  statusOf,
  textOf,
  usageOf,
} from './__fixtures__/read-reply.ts'
import { REQUEST_KNOBS } from './knobs.ts'
import { type RawReply, sendChat } from './raw-request.ts'
import type { RequestScenario, ScenarioPatch } from './scenario.ts'
import { type StubEngine, startStubEngine } from './start-stub-engine.ts'

let stub: StubEngine

beforeAll(async () => {
  stub = await startStubEngine({ scenario: { modelId: 'm', ttftMs: 1, tokenDelayMs: 0.01 } })
})
afterAll(() => stub.close())
beforeEach(() => stub.control.reset())

const MESSAGES = [{ role: 'user', content: 'echo one two three four' }]
const DONE = 'data: [DONE]\n\n'

function ask(extra: Record<string, unknown> = {}): Promise<RawReply> {
  const body = {
    messages: MESSAGES,
    stream: true,
    stream_options: { include_usage: true },
    ...extra,
  }
  return sendChat({ port: stub.port, body })
}

function askWhole(extra: Record<string, unknown> = {}): Promise<RawReply> {
  return sendChat({ port: stub.port, body: { messages: MESSAGES, ...extra } })
}

/** Asks once for each value of the knobs. */
async function askWith(patch: ScenarioPatch): Promise<RawReply> {
  stub.control.patch(patch)
  return await ask()
}

const TESTS: { [Name in keyof RequestScenario]: () => Promise<void> } = {
  queueMs: async () => {
    const asking = askWith({ queueMs: 80 })
    const status = await stub.control.waitForStatus({ is: { waiting: 1 } })
    expect(status.running).toBe(0)
    const metrics = metricsOf(await asking)
    expect(metrics?.queue_time_ms).toBeGreaterThanOrEqual(80)
    const [record] = stub.control.requests()
    const queuedMs = (record?.scheduledAtMs ?? 0) - (record?.receivedAtMs ?? 0)
    expect(queuedMs).toBeGreaterThanOrEqual(80)
  },
  ttftMs: async () => {
    const reply = await askWith({ ttftMs: 90 })
    expect(metricsOf(reply)?.time_to_first_token_ms).toBeGreaterThanOrEqual(90)
    const [record] = stub.control.requests()
    const waitedMs = (record?.firstByteAtMs ?? 0) - (record?.receivedAtMs ?? 0)
    expect(waitedMs).toBeGreaterThanOrEqual(90)
  },
  prefillMsPerToken: async () => {
    const reply = await askWith({ prefillMsPerToken: 40, ttftMs: 0 })
    const promptTokens = usageOf(reply)?.prompt_tokens ?? 0
    expect(metricsOf(reply)?.time_to_first_token_ms).toBeGreaterThanOrEqual(40 * promptTokens)
    stub.control.patch({ cachedTokens: promptTokens - 1 })
    expect(metricsOf(await ask())?.time_to_first_token_ms).toBeLessThan(40 * promptTokens)
  },
  tokenDelayMs: async () => {
    const metrics = metricsOf(await askWith({ tokenDelayMs: 20 }))
    // Four words and the end: four gaps.
    expect(metrics?.generation_time_ms).toBeGreaterThanOrEqual(80)
    expect(metrics?.mean_itl_ms).toBeGreaterThanOrEqual(20)
  },
  tokenCount: async () => {
    const longer = await askWith({ tokenCount: 6 })
    expect(textOf(longer)).toBe('one two three fourone two')
    expect(usageOf(longer)?.completion_tokens).toBe(7)
    expect(textOf(await askWith({ tokenCount: 2 }))).toBe('one two')
  },
  text: async () => {
    expect(textOf(await askWith({ text: '你好，世界 🌍 again' }))).toBe('你好，世界 🌍 again')
  },
  tokens: async () => {
    const reply = await askWith({ tokens: ['a', 'bcd', '', 'e'] })
    expect(deltas(reply).map(({ content }) => content)).toEqual(['', 'a', 'bcd', '', 'e', ''])
  },
  stampTokens: async () => {
    const beforeUs = Number(process.hrtime.bigint() / 1000n)
    const reply = await askWith({ stampTokens: true, tokenDelayMs: 5 })
    const stamps = textOf(reply).trimEnd().split(' ').map(Number)
    expect(stamps).toHaveLength(4)
    expect(stamps).toEqual(stamps.toSorted((a, b) => a - b))
    expect(stamps[0]).toBeGreaterThan(beforeUs)
    expect(stamps[3]).toBeLessThan(Number(process.hrtime.bigint() / 1000n))
    expect((stamps[3] ?? 0) - (stamps[0] ?? 0)).toBeGreaterThan(14_000)
    expect(stub.control.requests().at(-1)?.textSent).toBe(textOf(reply))
  },
  reasoningText: async () => {
    const reply = await askWith({ reasoningText: 'let me think' })
    const all = deltas(reply)
    expect(all.map(({ reasoning }) => reasoning ?? '').join('')).toBe('let me think')
    expect(textOf(reply)).toBe('one two three four')
    const first = all.findIndex(({ content }) => content === 'one')
    expect(all.findLastIndex(({ reasoning }) => reasoning !== undefined)).toBeLessThan(first)
    const whole = JSON.parse((await askWhole()).body)
    expect(whole.choices[0].message.reasoning).toBe('let me think')
  },
  reasoningField: async () => {
    const reply = await askWith({ reasoningText: 'hm', reasoningField: 'reasoning_content' })
    expect(deltas(reply)[1]).toEqual({ reasoning_content: 'hm' })
  },
  finishReason: async () => {
    expect(finishOf(await askWith({ finishReason: 'repetition' }))).toBe('repetition')
  },
  overrunTokens: async () => {
    stub.control.patch({ overrunTokens: 3 })
    const reply = await ask({ max_tokens: 2 })
    expect(usageOf(reply)?.completion_tokens).toBe(5)
    expect(finishOf(reply)).toBe('length')
  },
  includeUsage: async () => {
    const reply = await askWith({ includeUsage: false })
    expect(chunks(reply).every((chunk) => chunk.usage === undefined)).toBe(true)
    expect(JSON.parse((await askWhole()).body).usage).toBeUndefined()
  },
  includeCachedTokens: async () => {
    expect(usageOf(await ask())?.prompt_tokens_details).toBeDefined()
    const reply = await askWith({ includeCachedTokens: false })
    expect(usageOf(reply)?.prompt_tokens_details).toBeUndefined()
    expect(JSON.parse((await askWhole()).body).usage.prompt_tokens_details).toBeNull()
  },
  includeMetrics: async () => {
    expect(metricsOf(await ask())).toBeDefined()
    expect(metricsOf(await askWith({ includeMetrics: false }))).toBeUndefined()
    expect(JSON.parse((await askWhole()).body).metrics).toBeNull()
  },
  cachedTokens: async () => {
    const reply = await askWith({ cachedTokens: 7 })
    expect(usageOf(reply)?.prompt_tokens_details?.cached_tokens).toBe(7)
  },
  error: async () => {
    const scripted = {
      when: 'first' as const,
      afterTokens: 0,
      status: 503,
      shape: 'nested' as const,
      headers: { 'retry-after': '7' },
    }
    const first = await askWith({ error: scripted })
    expect(statusOf(first)).toBe(503)
    expect(first.head).toContain('retry-after: 7\r\n')
    expect(JSON.parse(first.body).error).toMatchObject({ type: 'Service Unavailable', code: 503 })
    const mid = await askWith({ error: { ...scripted, when: 'mid', afterTokens: 2, status: 500 } })
    expect(statusOf(mid)).toBe(200)
    expect(textOf({ ...mid, body: mid.body.split('data: {"error"')[0] ?? '' })).toBe('one two')
    expect(mid.body).toMatch(/data: \{"error": \{.*"code": 500\}\}\n\ndata: \[DONE\]\n\n$/)
    expect(statusOf(await askWhole())).toBe(500)
  },
  bareDone: async () => {
    const reply = await askWith({ bareDone: true })
    expect([statusOf(reply), reply.body]).toEqual([200, DONE])
  },
  noDone: async () => {
    const reply = await askWith({ noDone: true })
    expect(reply.body).not.toContain('[DONE]')
    expect(reply.isWhole).toBe(true)
    expect(usageOf(reply)).toBeDefined()
  },
  noFinish: async () => {
    const reply = await askWith({ noFinish: true })
    expect(finishOf(reply)).toBeUndefined()
    expect(textOf(reply)).toBe('one two three four')
    expect(usageOf(reply)).toBeUndefined()
    expect(reply.body.endsWith(DONE)).toBe(true)
  },
  cut: async () => {
    const fin = await askWith({ cut: { afterTokens: 2, how: 'fin' } })
    expect([textOf(fin), fin.isWhole, fin.errorCode]).toEqual(['one two', false, undefined])
    const rst = await askWith({ cut: { afterTokens: 2, how: 'rst' } })
    expect([textOf(rst), rst.isWhole, rst.errorCode]).toEqual(['one two', false, 'ECONNRESET'])
    expect(stub.control.requests().map(({ closedBy }) => closedBy)).toEqual(['stub', 'stub'])
    const atOnce = await askWith({ cut: { afterTokens: 0, how: 'rst' } })
    expect([statusOf(atOnce), atOnce.body]).toEqual([200, ''])
  },
  stallAfterTokens: async () => {
    const asking = askWith({ stallAfterTokens: 2 })
    const isStalled = () => stub.control.requests()[0]?.tokensSent === 2
    while (!isStalled()) await new Promise((resolve) => setImmediate(resolve))
    const generated = stub.control.status()
    expect(generated).toMatchObject({ running: 1, inFlight: 1 })
    await stub.control.act({ action: 'resume-stalled' })
    expect(textOf(await asking)).toBe('one two three four')
  },
  keepAliveCommentMs: async () => {
    const reply = await askWith({ keepAliveCommentMs: 10, ttftMs: 60 })
    expect(reply.body.startsWith(': keep-alive\n\n')).toBe(true)
    expect(textOf(reply)).toBe('one two three four')
  },
  splitBytes: async () => {
    const whole = await ask()
    const reply = await askWith({ splitBytes: 7, text: '日本語 two three four' })
    expect(textOf(reply)).toBe('日本語 two three four')
    expect(reply.pieces.length).toBeGreaterThan(2 * whole.pieces.length)
  },
  crlf: async () => {
    const reply = await askWith({ crlf: true })
    expect(reply.body.split('\r\n').join('')).not.toContain('\n')
    expect(reply.body.endsWith('data: [DONE]\r\n\r\n')).toBe(true)
    expect(textOf(reply)).toBe('one two three four')
  },
  html: async () => {
    const reply = await askWith({ html: true })
    expect(statusOf(reply)).toBe(200)
    expect(reply.head).toContain('content-type: text/html\r\n')
    expect(reply.body).toMatch(/^<html>/)
  },
  redirectTo: async () => {
    const reply = await askWith({ redirectTo: 'http://elsewhere.example/' })
    expect(statusOf(reply)).toBe(307)
    expect(reply.head).toContain('location: http://elsewhere.example/\r\n')
  },
  redirectStatus: async () => {
    expect(statusOf(await askWith({ redirectTo: '/', redirectStatus: 302 }))).toBe(302)
  },
  giantLineBytes: async () => {
    const reply = await askWith({ giantLineBytes: 300_000 })
    const longest = Math.max(...reply.body.split('\n').map((line) => line.length))
    expect(longest).toBeGreaterThanOrEqual(300_000)
    expect(longest).toBeLessThan(300_100)
    expect(textOf(reply)).toBe('one two three four')
  },
  malformedLines: async () => {
    const reply = await askWith({ malformedLines: 2 })
    const events = reply.body.split('\n\n').filter((event) => event.startsWith('data: {'))
    const broken = events.filter((event) => !event.endsWith('}'))
    expect(broken).toHaveLength(2)
    expect(events.indexOf(broken[0] ?? '')).toBe(2)
  },
}

describe('a knob of one answer', () => {
  it.each(Object.entries(TESTS))('%s does what it says', async (name, run) => {
    expect(Object.keys(REQUEST_KNOBS)).toContain(name)
    await run()
  })

  it('has a test for every knob there is', () => {
    expect(Object.keys(TESTS).sort()).toEqual(Object.keys(REQUEST_KNOBS).sort())
  })

  it.each(['flat', 'unauthorized', 'detail', 'html'] as const)(
    'refuses in the shape "%s"',
    async (shape) => {
      const error = { when: 'first' as const, afterTokens: 0, status: 502, shape, message: 'no' }
      const { body } = await askWith({ error })
      const bodies = {
        flat: '{"object":"error","message":"no","type":"InternalServerError","param":null,"code":502}',
        unauthorized: '{"error":"no"}',
        detail: '{"detail":"no"}',
        html: '<html>',
      }
      expect(body.startsWith(bodies[shape])).toBe(true)
    },
  )

  it('differs by session where a patch names one, and ends with its removal', async () => {
    const headers = { 'X-Session-ID': 'a' }
    const body = { messages: MESSAGES, stream: true }
    stub.control.patch({ match: { sessionId: 'a' }, text: 'for a' })
    expect(textOf(await sendChat({ port: stub.port, body, headers }))).toBe('for a')
    expect(textOf(await ask())).toBe('one two three four')
    stub.control.remove('a')
    expect(textOf(await sendChat({ port: stub.port, body, headers }))).toBe('one two three four')
  })
})
