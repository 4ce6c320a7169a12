import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type StubEngine, startStubEngine } from '@/e2e/stub/start-stub-engine'
import type { EngineLook } from './count-looks'
import { createEngine } from './create-engine'
import type { Engine } from './engine'
import { toRequestBody } from './to-request-body'
import { toRequestHeaders } from './to-request-headers'
import type { WireMessage } from './wire'

let stub: StubEngine
let engine: Engine
let looks: EngineLook[]

beforeEach(async () => {
  stub = await startStubEngine({ scenario: { tokens: ['a', 'b', 'c'] } })
  looks = []
  engine = createEngine({
    baseUrl: `${stub.url}/v1`,
    apiKey: 'sk-key',
    onLook: (look) => looks.push(look),
  })
})
afterEach(async () => {
  await engine.close()
  await stub.close()
})

const MODEL = 'Qwen/Qwen3-4B-Instruct-2507'
const HISTORY: WireMessage[] = [{ role: 'user', content: 'Hi "there"' }]
const ANSWER: WireMessage = { role: 'assistant', content: 'Hello' }
const messages = HISTORY

describe('toRequestBody and toRequestHeaders', () => {
  it.each([
    ['nothing set', {}],
    [
      'everything set',
      {
        temperature: 0,
        topP: 0.8,
        topK: 20,
        minP: 0.1,
        presencePenalty: 0.1,
        frequencyPenalty: 0.2,
        repetitionPenalty: 1.1,
        maxTokens: 3,
        seed: 0,
        stop: ['\n'],
      },
    ],
  ])('are what the engine is sent, byte for byte, with %s', async (name, sampling) => {
    const isContinuation = name === 'everything set'
    const messages: WireMessage[] = isContinuation ? [...HISTORY, ANSWER] : HISTORY
    const model = MODEL
    const ids = {
      sessionId: 'thread',
      requestId: 'run',
      traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
    }
    const { signal } = new AbortController()
    for await (const _event of engine.streamCompletion({
      ...{ model, messages, sampling, isContinuation },
      ...ids,
      signal,
    }));
    const [sent] = stub.control.requests({ path: '/v1/chat/completions' })
    expect(sent?.body).toBe(
      JSON.stringify(toRequestBody({ model, messages, sampling, isContinuation })),
    )
    expect(sent?.headers).toMatchObject(toRequestHeaders(ids))
    expect(JSON.stringify(toRequestHeaders(ids))).not.toContain('sk-key')
  })
})

describe('the looks at the engine', () => {
  it('are told one by one with how they ended, and nothing that is posted is among them', async () => {
    await engine.probe({})
    await engine.readMetrics()
    const model = MODEL
    await engine.tokenize({ model, messages })
    expect(looks.map(({ path, isOk }) => [path, isOk])).toEqual([
      ['/health', true],
      ['/models', true],
      ['/metrics', true],
      ['/version', true],
      ['/metrics', true],
    ])
    expect(looks.every(({ durationMs }) => durationMs > 0)).toBe(true)
  })
})

describe('tokenize', () => {
  it('gives the tokens their texts when asked for them', async () => {
    const model = MODEL
    const plain = await engine.tokenize({ model, messages })
    const { tokens, tokenStrings } = await engine.tokenize({
      model,
      messages,
      wantsTokenStrings: true,
    })
    expect(plain).not.toHaveProperty('tokenStrings')
    expect(tokenStrings).toHaveLength(tokens.length)
    expect(tokenStrings).toContain('<|im_start|>')
  })
})
