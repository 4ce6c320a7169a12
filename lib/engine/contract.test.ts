import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startStubEngine } from '@/e2e/stub/start-stub-engine'
import { collectEvents, endOf } from './__fixtures__/collect-events'
import type { CompletionRequest } from './completion'
import { createEngine } from './create-engine'
import { createEventDecoder } from './create-event-decoder'
import type { Engine } from './engine'
import type { WireChunk } from './wire'

type Target = { rootUrl: string; apiKey?: string; close(): Promise<void> }

const STUB_KEY = 'contract-key'

async function startStub(): Promise<Target> {
  const stub = await startStubEngine({ scenario: { apiKey: STUB_KEY, maxModelLen: 4096 } })
  return { rootUrl: stub.url, apiKey: STUB_KEY, close: stub.close }
}

// biome-ignore lint/style/noProcessEnv: which live engine to ask is said to this test alone
const { ENGINE_TEST_URL: liveUrl = '', ENGINE_TEST_KEY: liveKey = '' } = process.env

async function reachLive(): Promise<Target> {
  return {
    rootUrl: liveUrl.replace(/\/+$/, '').replace(/\/v1$/, ''),
    ...(liveKey === '' ? {} : { apiKey: liveKey }),
    close: async () => {},
  }
}

const TARGETS: [string, () => Promise<Target>, boolean][] = [
  ['the stub', startStub, true],
  ...(liveUrl === ''
    ? []
    : [[`the engine at ${liveUrl}`, reachLive, liveKey !== ''] satisfies (typeof TARGETS)[number]]),
]

/** Where a block is one token, a new prompt finds the words of the template in the cache of the last one. */
const TEMPLATE_TOKENS = 64

/** What this app takes for granted of vLLM: the same cases on the stub, and on a live engine when one is named. */
describe.each(TARGETS)('%s', { timeout: 120_000 }, (_name, reach, hasKey) => {
  let target: Target
  let engine: Engine
  let model: string
  let maxModelLen: number

  const client = (apiKey: string | undefined) =>
    createEngine({
      baseUrl: `${target.rootUrl}/v1`,
      ...(apiKey === undefined ? {} : { apiKey }),
    })

  beforeAll(async () => {
    target = await reach()
    engine = client(target.apiKey)
    const { models } = await engine.probe({})
    const served = models.kind === 'ok' ? models.models[0] : undefined
    model = served?.id ?? 'none'
    maxModelLen = served?.maxModelLen ?? 0
  }, 30_000)

  afterAll(async () => {
    await engine.close()
    await target.close()
  })

  function ask(options: Partial<CompletionRequest> & { content?: string } = {}) {
    const { content = 'Say hello.', ...request } = options
    return collectEvents(
      engine.streamCompletion({
        model,
        messages: [{ role: 'user', content }],
        signal: new AbortController().signal,
        ...request,
        sampling: { temperature: 0, maxTokens: 16, ...request.sampling },
      }),
    )
  }

  /** The stream as it stands on the wire: each event's data. */
  async function askRaw(requestId: string): Promise<string[]> {
    const response = await fetch(`${target.rootUrl}/v1/chat/completions`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-request-id': requestId,
        ...(target.apiKey === undefined ? {} : { authorization: `Bearer ${target.apiKey}` }),
      },
      body: JSON.stringify({
        model,
        messages: [{ role: 'user', content: `Count to ten, ${requestId}.` }],
        stream: true,
        stream_options: { include_usage: true },
        max_tokens: 12,
        temperature: 0,
      }),
    })
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/)
    const decoder = createEventDecoder()
    return [...decoder.push(new Uint8Array(await response.arrayBuffer())), ...decoder.end()]
  }

  const toChunk = (data: string | undefined) => JSON.parse(data ?? 'null') as WireChunk

  it('is healthy, serves a model with its length, and tells its version and figures', async () => {
    const seen = await engine.probe({})
    expect(seen.health).toEqual({ kind: 'ok' })
    expect(seen.version).toMatch(/^\d+\.\d+/)
    expect(model).not.toBe('none')
    expect(maxModelLen).toBeGreaterThan(0)
    expect(seen.metrics).toMatchObject({
      runningRequests: expect.any(Number),
      waitingRequests: expect.any(Number),
      generationTokens: expect.any(Number),
      promptTokens: expect.any(Number),
      processStartedAtMs: expect.any(Number),
      blockSizeTokens: expect.any(Number),
      isPrefixCachingEnabled: true,
    })
  })

  it('begins a stream with the role, and ends it with finish, usage and [DONE]', async () => {
    const events = await askRaw(randomUUID())
    expect(toChunk(events[0]).choices[0]?.delta).toEqual({ role: 'assistant', content: '' })
    expect(events.at(-1)).toBe('[DONE]')
    const usage = toChunk(events.at(-2))
    expect(usage.choices).toEqual([])
    expect(usage.usage?.completion_tokens).toBeGreaterThan(0)
    const finish = toChunk(events.at(-3)).choices[0]
    expect(finish?.finish_reason).toMatch(/^(?:stop|length)$/)
    expect(events.slice(1, -3).every((data) => toChunk(data).usage === undefined)).toBe(true)
  })

  it('finishes with length at max_tokens, and with stop at a stop text', async () => {
    const long = await ask({ content: 'Tell me a story.', sampling: { maxTokens: 3 } })
    expect([endOf(long), long.finish?.usage?.completionTokens]).toEqual(['length', 3])
    const stopped = await ask({
      content: 'Tell me a story.',
      sampling: { maxTokens: 200, stop: ['a', 'e', 'o'] },
    })
    expect(endOf(stopped)).toBe('stop')
    expect(stopped.text).not.toMatch(/[aeo]/)
  })

  it('reports the cached tokens, in whole blocks, of a prompt that it has seen', async () => {
    const content = `${randomUUID()} ${'The quick brown fox jumps over the lazy dog. '.repeat(40)}`
    const first = await ask({ content, sampling: { maxTokens: 1 } })
    const second = await ask({ content, sampling: { maxTokens: 1 } })
    const block = (await engine.readMetrics())?.blockSizeTokens ?? 0
    const cached = second.finish?.usage?.cachedTokens ?? 0
    expect(first.finish?.usage?.cachedTokens).toBeLessThan(block === 1 ? TEMPLATE_TOKENS : block)
    expect(cached).toBeGreaterThanOrEqual(128)
    expect(cached % block).toBe(0)
    expect(cached).toBeLessThan(second.finish?.usage?.promptTokens ?? 0)
  })

  it('counts a prompt by /tokenize as its usage does', async () => {
    const messages = [
      { role: 'system' as const, content: 'Be brief.' },
      { role: 'user' as const, content: 'Wie spät ist es? 👋' },
    ]
    const { count, maxModelLen: limit, tokens } = await engine.tokenize({ model, messages })
    const { finish } = await ask({ messages, sampling: { maxTokens: 1 } })
    expect([count, tokens.length]).toEqual([finish?.usage?.promptTokens, count])
    expect(limit).toBe(maxModelLen)
  })

  it('refuses a prompt that is too long, with the figures', async () => {
    const seen = await ask({ content: 'hello '.repeat(maxModelLen + 10) })
    expect(seen.error).toMatchObject({
      code: 'engine_context_too_long',
      details: { status: 400, maxTokens: maxModelLen, promptTokens: maxModelLen + 1 },
    })
  })

  it('refuses a model that it does not serve, and names those it does', async () => {
    const seen = await ask({ model: 'no-such-model' })
    expect(seen.error).toMatchObject({
      code: 'engine_model_not_found',
      details: { status: 404, wanted: 'no-such-model', served: expect.stringContaining(model) },
    })
  })

  it('refuses a parameter out of range, and says which', async () => {
    const seen = await ask({ sampling: { temperature: 3 } })
    expect(seen.error).toMatchObject({
      code: 'engine_rejected',
      details: { status: 400, reason: expect.stringMatching(/temperature/) },
    })
  })

  it('frees the slot of a stream that is stopped', async () => {
    const controller = new AbortController()
    const reason = new Error('stopped')
    const stream = engine.streamCompletion({
      model,
      messages: [{ role: 'user', content: 'Write a very long story about a fox.' }],
      sampling: { temperature: 0, maxTokens: 2000 },
      signal: controller.signal,
    })
    let running: number | undefined
    const read = async () => {
      for await (const event of stream) {
        if (event.type !== 'text-delta' || running !== undefined) continue
        running = (await engine.readMetrics())?.runningRequests
        controller.abort(reason)
      }
    }
    await expect(read()).rejects.toBe(reason)
    expect(running).toBe(1)
    await expect
      .poll(async () => (await engine.readMetrics())?.runningRequests, { timeout: 10_000 })
      .toBe(0)
  })

  it('makes the X-Request-Id part of its id of the completion', async () => {
    const requestId = randomUUID()
    const { finish } = await ask({ requestId, sampling: { maxTokens: 1 } })
    expect(finish?.completionId).toBe(`chatcmpl-${requestId}`)
    expect(finish?.model).toBe(model)
    const isLocal = (await engine.probe({})).version?.includes('node-llama-cpp')
    expect(finish?.systemFingerprint).toMatch(isLocal ? /^first-token-local-/ : /^vllm-/)
  })

  it('tells its own durations of each request', async () => {
    const { finish, arrivalsMs, events } = await ask()
    const { queueMs = -1, prefillMs = 0, decodeMs = 0 } = finish?.engine ?? {}
    expect(queueMs).toBeGreaterThanOrEqual(0)
    expect(prefillMs).toBeGreaterThan(0)
    expect(decodeMs).toBeGreaterThan(0)
    const sentAtMs = events[0]?.type === 'sent' ? events[0].atMs : Number.NaN
    expect((arrivalsMs[0] ?? 0) - sentAtMs).toBeGreaterThanOrEqual(prefillMs)
  })

  it('goes on with the last message when told to continue', async () => {
    const messages: CompletionRequest['messages'] = [
      { role: 'user', content: 'Tell me a story.' },
      { role: 'assistant', content: 'Once upon a' },
    ]
    const sampling = { maxTokens: 4 }
    const continued = await ask({ messages, sampling, isContinuation: true })
    const anew = await ask({ messages, sampling })
    expect(endOf(continued)).toBe('length')
    expect(continued.finish?.usage?.promptTokens).toBeLessThan(
      anew.finish?.usage?.promptTokens ?? 0,
    )
  })

  it('reads a prompt into its cache for one token that is thrown away', async () => {
    const content = `${randomUUID()} ${'Warm up the cache with this. '.repeat(60)}`
    const messages = [{ role: 'user' as const, content }]
    const usage = await engine.completeOneToken({ model, messages, timeoutMs: 60_000 })
    expect(usage).toMatchObject({ completionTokens: 1, promptTokens: expect.any(Number) })
    const { finish } = await ask({ messages, sampling: { maxTokens: 1 } })
    expect(finish?.usage?.cachedTokens).toBeGreaterThanOrEqual(128)
  })

  it('does not mix two streams', async () => {
    const ids = [randomUUID(), randomUUID()]
    const streams = await Promise.all(ids.map(askRaw))
    for (const [index, events] of streams.entries()) {
      const chunks = events.slice(0, -1).map(toChunk)
      expect(new Set(chunks.map(({ id }) => id))).toEqual(new Set([`chatcmpl-${ids[index]}`]))
      expect(chunks.at(-1)?.usage?.completion_tokens).toBe(12)
    }
  })

  if (hasKey) {
    it('refuses a wrong key', async () => {
      const stranger = client('another-key')
      const seen = await collectEvents(
        stranger.streamCompletion({ model, messages: [], signal: new AbortController().signal }),
      )
      expect(seen.error).toMatchObject({ code: 'engine_unauthorized', details: { status: 401 } })
      await stranger.close()
    })
  }
})
