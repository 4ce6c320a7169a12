import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { sendChat, sendRaw } from './raw-request.ts'
import { type StubEngine, startStubEngine } from './start-stub-engine.ts'

let stub: StubEngine

beforeAll(async () => {
  stub = await startStubEngine({ scenario: { modelId: 'm', ttftMs: 1, tokenDelayMs: 0.01 } })
})
afterAll(() => stub.close())
beforeEach(() => stub.control.reset())

type Message = { role: string; content: string }
const SYSTEM = { role: 'system', content: 'You are a patient teacher of small things. '.repeat(8) }
const user = (content: string): Message => ({ role: 'user', content })

async function complete(body: Record<string, unknown>) {
  const reply = await sendChat({ port: stub.port, body })
  const { choices, usage } = JSON.parse(reply.body)
  return {
    text: choices[0].message.content,
    finish: choices[0].finish_reason,
    promptTokens: usage.prompt_tokens,
    completionTokens: usage.completion_tokens,
    cached: usage.prompt_tokens_details.cached_tokens,
    created: usage.prompt_tokens_details.created_cache_tokens,
  }
}

async function readSamples(): Promise<Map<string, number>> {
  const { body } = await sendRaw({ port: stub.port, path: '/metrics' })
  const lines = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const blank = line.lastIndexOf(' ')
      return [
        line.slice(0, blank).replace(/engine="0",|model_name="m",?/g, ''),
        Number(line.slice(blank)),
      ]
    }),
  )
}

describe('cached tokens', () => {
  it('are 0 when cold and whole blocks when warm', async () => {
    const body = { messages: [SYSTEM, user('echo one')] }
    const cold = await complete(body)
    const warm = await complete(body)
    expect(cold).toMatchObject({ cached: 0, created: Math.floor(cold.promptTokens / 16) * 16 })
    expect(warm.cached).toBe(Math.floor((warm.promptTokens - 1) / 16) * 16)
  })

  it('count the blocks of the answer in the next turn', async () => {
    const question = user('Tell me a long story')
    const first = await complete({ messages: [SYSTEM, question] })
    const answer = { role: 'assistant', content: first.text }
    const second = await complete({ messages: [SYSTEM, question, answer, user('echo more')] })
    // The end of sequence is sampled but has no keys and values yet.
    const held = first.promptTokens + first.completionTokens - 1
    expect(second.cached).toBe(Math.floor(held / 16) * 16)
    expect(second.cached).toBeGreaterThan(first.promptTokens)
  })

  it('are found from the system prompt alone after one token was asked for', async () => {
    await complete({ messages: [SYSTEM, user('warm up')], max_tokens: 1 })
    const turn = await complete({ messages: [SYSTEM, user('echo a question')] })
    expect(turn.cached).toBeGreaterThanOrEqual(64)
  })

  it('are none when the first word has changed', async () => {
    await complete({ messages: [SYSTEM, user('echo one')] })
    const changed = { ...SYSTEM, content: `Today. ${SYSTEM.content}` }
    expect((await complete({ messages: [changed, user('echo one')] })).cached).toBe(0)
  })
})

describe('an answer', () => {
  it('ends with length at max_tokens, with stop and one token more at its own end', async () => {
    const messages = [user('echo one two three')]
    expect(await complete({ messages, max_tokens: 3 })).toMatchObject({
      text: 'one two three',
      finish: 'length',
      completionTokens: 3,
    })
    expect(await complete({ messages, max_tokens: 4 })).toMatchObject({
      finish: 'stop',
      completionTokens: 4,
    })
  })

  it('is continued where it was cut', async () => {
    const question = user('Tell me a long story')
    const whole = await complete({ messages: [question] })
    const cut = await complete({ messages: [question], max_tokens: 40 })
    const rest = await complete({
      messages: [question, { role: 'assistant', content: cut.text }],
      continue_final_message: true,
      add_generation_prompt: false,
    })
    expect(cut.text + rest.text).toBe(whole.text)
    // The template's end of a message is not there, so every token of the cut answer is a prefix.
    expect(rest.cached).toBeGreaterThan(0)
  })

  it.each([[['three']], [['wo th']], ['two three']])('stops before %j', async (stop) => {
    const answer = await complete({ messages: [user('echo one two three four')], stop })
    const first = Array.isArray(stop) ? (stop[0] ?? '') : stop
    expect(answer.text).toBe('one two three four'.split(first)[0])
    expect(answer.finish).toBe('stop')
  })

  it('sends the same text in a stream whatever stop strings hold back', async () => {
    const body = { messages: [user('echo one two three four')], stream: true, stop: ['never said'] }
    const { body: stream } = await sendChat({ port: stub.port, body })
    const pieces = [...stream.matchAll(/"content":"([^"]*)"/g)].map(([, piece]) => piece)
    expect(pieces.join('')).toBe('one two three four')
    expect(pieces.slice(0, 3)).toEqual(['', '', ''])
  })
})

describe('the queue', () => {
  it('keeps the order of arrival', async () => {
    stub.control.patch({ maxNumSeqs: 1, ttftMs: 5 })
    const asking = ['a', 'b', 'c', 'd'].map(async (name, index) => {
      await stub.control.waitForStatus({ is: { inFlight: index } })
      const headers = { 'X-Session-ID': name }
      return sendChat({ port: stub.port, headers, body: { messages: [user('echo x')] } })
    })
    stub.control.patch({ stallAfterTokens: 0 })
    await stub.control.waitForStatus({ is: { inFlight: 4, running: 1, waiting: 3 } })
    stub.control.patch({ stallAfterTokens: null })
    await stub.control.act({ action: 'resume-stalled' })
    for (const left of [3, 2, 1]) {
      await stub.control.waitForStatus({ is: { inFlight: left } })
      await stub.control.act({ action: 'resume-stalled' })
    }
    await Promise.all(asking)
    const order = stub.control
      .requests()
      .toSorted((a, b) => Number(a.scheduledAtMs) - Number(b.scheduledAtMs))
    expect(order.map(({ sessionId }) => sessionId)).toEqual(['a', 'b', 'c', 'd'])
  })
})

describe('/metrics', () => {
  it('has every sample of a real one, and no other', async () => {
    const file = new URL('./__fixtures__/vllm-0.32.0/metrics_after.http', import.meta.url)
    const recorded = readFileSync(file, 'utf8')
    const names = (text: string) =>
      text
        .split('\n')
        .filter((line) => /^(vllm|process|python)/.test(line))
        .map((line) => line.slice(0, line.lastIndexOf(' ')).replace(/model_name="[^"]*"/, ''))
        .map((name) =>
          name.startsWith('vllm:cache_config_info') ? name.replace(/"[^"]*"/g, '') : name,
        )
    const { body } = await sendRaw({ port: stub.port, path: '/metrics' })
    expect(names(body)).toEqual(names(recorded))
  })

  it('counts what went through', async () => {
    const body = { messages: [SYSTEM, user('echo one two three')] }
    const first = await complete(body)
    const second = await complete(body)
    const samples = await readSamples()
    expect(Object.fromEntries(samples)).toMatchObject({
      'vllm:prompt_tokens_total{}': first.promptTokens + second.promptTokens,
      'vllm:prompt_tokens_cached_total{}': second.cached,
      'vllm:prompt_tokens_by_source_total{source="local_cache_hit"}': second.cached,
      'vllm:prefix_cache_queries_total{}': first.promptTokens + second.promptTokens,
      'vllm:prefix_cache_hits_total{}': second.cached,
      'vllm:generation_tokens_total{}': 8,
      'vllm:time_to_first_token_seconds_count{}': 2,
      'vllm:inter_token_latency_seconds_count{}': 6,
      'vllm:request_queue_time_seconds_count{}': 2,
      'vllm:request_generation_tokens_sum{}': 8,
      'vllm:kv_cache_usage_perc{}': 0,
      'http_requests_total{handler="/v1/chat/completions",method="POST",status="2xx"}': 2,
    })
  })

  it('has buckets that only grow, up to the count', async () => {
    await complete({ messages: [user('echo one two three')] })
    const buckets = [...(await readSamples())].filter(([name]) =>
      name.startsWith('vllm:inter_token_latency_seconds_bucket'),
    )
    const counts = buckets.map(([, count]) => count)
    expect(counts.length).toBeGreaterThan(5)
    expect(counts).toEqual([...counts].sort((a, b) => a - b))
    expect(counts.at(-1)).toBe(3)
  })

  it('shows what the KV cache holds while it is held', async () => {
    stub.control.patch({ stallAfterTokens: 0, kvCacheTokens: 320 })
    const asking = complete({ messages: [user('echo one')] })
    await stub.control.waitForStatus({ is: { running: 1 } })
    const usage = (await readSamples()).get('vllm:kv_cache_usage_perc{}') ?? 0
    expect(usage).toBeGreaterThan(0)
    await stub.control.act({ action: 'resume-stalled' })
    await asking
  })
})

describe('many at once', () => {
  it('answers 100 streams, each with its own text, and leaks none', async () => {
    const texts = Array.from({ length: 100 }, (_, index) => `number ${index} of many`)
    const replies = await Promise.all(
      texts.map((text) =>
        sendChat({ port: stub.port, body: { messages: [user(`echo ${text}`)], stream: true } }),
      ),
    )
    const seen = replies.map(({ body }) =>
      [...body.matchAll(/"content":"([^"]*)"/g)].map(([, piece]) => piece).join(''),
    )
    expect(seen).toEqual(texts)
    await stub.control.waitForStatus({ is: { inFlight: 0, running: 0, waiting: 0 } })
  })
})
