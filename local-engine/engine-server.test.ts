import { afterEach, describe, expect, it } from 'vitest'
import { encode } from './__fixtures__/fake-model.ts'
import { readEvents, startFakeServer } from './__fixtures__/start-fake-server.ts'

type Fake = Awaited<ReturnType<typeof startFakeServer>>

const QUESTION = { messages: [{ role: 'user', content: 'Say it.' }] }
const PROMPT_TOKENS = encode('<|im_start|>user\nSay it.<|im_end|>\n<|im_start|>assistant\n').length

let open: Fake[] = []

async function start(options: Partial<Parameters<typeof startFakeServer>[0]> = {}) {
  const fake = await startFakeServer({ reply: 'Grüße 👋!', ...options })
  open.push(fake)
  fake.serve()
  return fake
}

afterEach(async () => {
  await Promise.all(open.map((fake) => fake.close()))
  open = []
})

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))

function deferred() {
  let resolve = () => {}
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}

describe('before the model is loaded', () => {
  it('opens the port, answers 503 to /health and to requests, and tells its version', async () => {
    const fake = await startFakeServer({ reply: '' })
    open.push(fake)
    expect((await fetch(`${fake.url}/health`)).status).toBe(503)
    const refused = await fake.post('/v1/chat/completions', QUESTION)
    expect(refused.status).toBe(503)
    expect(await refused.json()).toMatchObject({
      error: { type: 'Service Unavailable', param: null, code: 503 },
    })
    expect(await (await fetch(`${fake.url}/version`)).json()).toEqual({ version: '0.1.0+test' })
    fake.serve()
    expect((await fetch(`${fake.url}/health`)).status).toBe(200)
  })
})

describe('a stream', () => {
  it('is role, whole characters, finish, usage and [DONE], under the request id', async () => {
    const fake = await start()
    const response = await fake.post(
      '/v1/chat/completions',
      { ...QUESTION, model: 'tiny', stream: true, stream_options: { include_usage: true } },
      { headers: { 'content-type': 'application/json', 'x-request-id': 'turn-1' } },
    )
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(response.headers.get('x-request-id')).toBe('turn-1')
    const events = await readEvents(response)
    expect(events[0]).toMatchObject({
      id: 'chatcmpl-turn-1',
      object: 'chat.completion.chunk',
      model: 'tiny',
      choices: [{ delta: { role: 'assistant', content: '' }, finish_reason: null }],
    })
    const texts = events
      .slice(1, -2)
      .map((event) => (event as { choices: { delta: { content: string } }[] }).choices[0])
    expect(texts.map((choice) => choice?.delta.content)).toEqual([
      'G',
      'r',
      'ü',
      'ß',
      'e',
      ' ',
      '👋',
      '!',
      '',
    ])
    expect(texts.at(-1)).toMatchObject({ finish_reason: 'stop', stop_reason: null })
    const completionTokens = encode('Grüße 👋!').length + 1
    expect(events.at(-2)).toMatchObject({
      choices: [],
      usage: {
        prompt_tokens: PROMPT_TOKENS,
        completion_tokens: completionTokens,
        total_tokens: PROMPT_TOKENS + completionTokens,
        prompt_tokens_details: { cached_tokens: 0 },
      },
      metrics: {
        queue_time_ms: expect.any(Number),
        time_to_first_token_ms: expect.any(Number),
        generation_time_ms: expect.any(Number),
      },
    })
    expect(events.at(-1)).toBe('[DONE]')
  })

  it('writes nothing before the first token, and the role together with it', async () => {
    const gate = deferred()
    const fake = await start({
      beforeToken: (index) => (index === 0 ? gate.promise : Promise.resolve()),
    })
    const response = await fake.post('/v1/chat/completions', { ...QUESTION, stream: true })
    const reader = response.body?.getReader()
    const first = reader?.read()
    const early = await Promise.race([
      first,
      new Promise((resolve) => setImmediate(resolve, 'none')),
    ])
    expect(early).toBe('none')
    gate.resolve()
    expect(new TextDecoder().decode((await first)?.value)).toContain('"role":"assistant"')
  })

  it('finishes with length on the chunk that carries the last text', async () => {
    const fake = await start()
    const response = await fake.post('/v1/chat/completions', {
      ...QUESTION,
      stream: true,
      max_tokens: 2,
    })
    expect((await readEvents(response)).at(-2)).toMatchObject({
      choices: [{ delta: { content: 'r' }, finish_reason: 'length' }],
      system_fingerprint: 'first-token-local-test',
    })
  })

  it('reports usage in every chunk when that is asked for', async () => {
    const fake = await start()
    const response = await fake.post('/v1/chat/completions', {
      ...QUESTION,
      stream: true,
      max_tokens: 2,
      stream_options: { include_usage: true, continuous_usage_stats: true },
    })
    const events = (await readEvents(response)).slice(0, -2)
    const counts = events.map(
      (event) => (event as { usage: { completion_tokens: number } }).usage.completion_tokens,
    )
    expect(counts).toEqual([0, 1, 2])
  })
})

describe('an answer in one piece', () => {
  it('stops before the stop string, names it, and carries its counts', async () => {
    const fake = await start({ reply: 'one two three' })
    const response = await fake.post('/v1/chat/completions', { ...QUESTION, stop: ['two', 'x'] })
    expect(await response.json()).toMatchObject({
      object: 'chat.completion',
      choices: [
        {
          message: { role: 'assistant', content: 'one ' },
          finish_reason: 'stop',
          stop_reason: 'two',
        },
      ],
      usage: { prompt_tokens: PROMPT_TOKENS, completion_tokens: 7 },
    })
  })

  it('returns the tokens and the prompt when asked', async () => {
    const fake = await start({ reply: 'ok' })
    const response = await fake.post('/v1/chat/completions', {
      ...QUESTION,
      max_tokens: 2,
      return_token_ids: true,
      return_prompt_text: true,
    })
    expect(await response.json()).toMatchObject({
      choices: [{ token_ids: encode('ok') }],
      prompt_token_ids: expect.arrayContaining([256]),
      prompt_text: '<|im_start|>user\nSay it.<|im_end|>\n<|im_start|>assistant\n',
    })
  })

  it('goes on past its own end when told to ignore it', async () => {
    const fake = await start({ reply: 'ok' })
    const body = { ...QUESTION, max_tokens: 3, ignore_eos: true }
    const response = await fake.post('/v1/chat/completions', body)
    expect(await response.json()).toMatchObject({
      choices: [{ message: { content: 'ok' }, finish_reason: 'length' }],
      usage: { completion_tokens: 3 },
    })
  })

  it('hands the sampling on, with the defaults of the model where it is left out', async () => {
    const fake = await start()
    const sampling = { temperature: 0.5, top_k: 20, min_p: 0.1, seed: -1, repetition_penalty: 1.2 }
    await fake.post('/v1/chat/completions', { ...QUESTION, ...sampling })
    expect(fake.sequence.samplings[0]).toMatchObject({
      temperature: 0.5,
      topP: 0.9,
      topK: 20,
      minP: 0.1,
      seed: 2 ** 32 - 1,
      repeatPenalty: { penalty: 1.2 },
    })
  })
})

describe('the prefix cache', () => {
  it('computes only what is new in the second turn, and says how much was cached', async () => {
    const fake = await start({ reply: 'Fine.' })
    await fake.post('/v1/chat/completions', QUESTION)
    const computedBefore = fake.sequence.computed.flat().length
    const second = await fake.post('/v1/chat/completions', {
      messages: [
        ...QUESTION.messages,
        { role: 'assistant', content: 'Fine.' },
        { role: 'user', content: 'And now?' },
      ],
      max_tokens: 1,
    })
    const { usage } = (await second.json()) as {
      usage: { prompt_tokens: number; prompt_tokens_details: { cached_tokens: number } }
    }
    const cached = PROMPT_TOKENS + encode('Fine.').length
    expect(usage.prompt_tokens_details.cached_tokens).toBe(cached)
    const computed = fake.sequence.computed.flat().length - computedBefore
    expect(computed).toBe(usage.prompt_tokens - cached)
  })

  it('always computes the last token of a prompt that it holds as a whole', async () => {
    const fake = await start({ reply: 'x' })
    const ask = () => fake.post('/v1/chat/completions', { ...QUESTION, max_tokens: 1 })
    await ask()
    expect(await (await ask()).json()).toMatchObject({
      usage: { prompt_tokens_details: { cached_tokens: PROMPT_TOKENS - 1 } },
    })
  })
})

describe('one at a time', () => {
  it('lets the second wait, in order, and counts it', async () => {
    const gate = deferred()
    const fake = await start({
      beforeToken: (index) => (index === 0 ? gate.promise : Promise.resolve()),
    })
    const first = fake.post('/v1/chat/completions', QUESTION)
    const second = fake.post('/v1/chat/completions', QUESTION)
    await expect.poll(() => [fake.queue.running(), fake.queue.waiting()]).toEqual([1, 1])
    const metrics = await (await fetch(`${fake.url}/metrics`)).text()
    expect(metrics).toMatch(/^vllm:num_requests_running\{.*\} 1$/m)
    expect(metrics).toMatch(/^vllm:num_requests_waiting\{.*\} 1$/m)
    gate.resolve()
    const answers = await Promise.all([first, second].map(async (one) => (await one).json()))
    expect(answers[1]).toMatchObject({ metrics: { queue_time_ms: expect.any(Number) } })
    expect([fake.queue.running(), fake.queue.waiting()]).toEqual([0, 0])
  })

  it('stops when the socket closes, and the next request comes through', async () => {
    const reply = 'a long story '.repeat(100_000)
    const fake = await start({ reply, maxModelLen: 2_000_000, beforeToken: () => nextTurn() })
    const controller = new AbortController()
    const response = await fake.post(
      '/v1/chat/completions',
      { ...QUESTION, stream: true },
      { headers: { 'content-type': 'application/json' }, signal: controller.signal },
    )
    await response.body?.getReader().read()
    controller.abort()
    await expect.poll(() => fake.counters.finished.abort).toBe(1)
    expect(fake.counters.generationTokens).toBeLessThan(encode(reply).length)
    expect(fake.queue.running()).toBe(0)
    const next = await fake.post('/v1/chat/completions', { ...QUESTION, max_tokens: 1 })
    expect(next.status).toBe(200)
    expect(fake.errors).toEqual([])
  })

  it('stops within a long prompt when the socket closes', async () => {
    const content = 'word '.repeat(100_000)
    let pieces = 0
    const fake = await start({
      maxModelLen: 2_000_000,
      beforePiece: () => {
        pieces += 1
        return nextTurn()
      },
    })
    const controller = new AbortController()
    const asked = fake.post(
      '/v1/chat/completions',
      { messages: [{ role: 'user', content }] },
      { headers: { 'content-type': 'application/json' }, signal: controller.signal },
    )
    await expect.poll(() => pieces, { interval: 1 }).toBeGreaterThan(0)
    controller.abort()
    await expect(asked).rejects.toThrow()
    await expect.poll(() => fake.counters.finished.abort).toBe(1)
    expect(pieces * 64).toBeLessThan(content.length)
  })

  it('leaves the queue when the socket of a waiting request closes', async () => {
    const gate = deferred()
    const fake = await start({
      beforeToken: (index) => (index === 0 ? gate.promise : Promise.resolve()),
    })
    const controller = new AbortController()
    const first = fake.post('/v1/chat/completions', QUESTION)
    await expect.poll(() => fake.queue.running()).toBe(1)
    const second = fake.post('/v1/chat/completions', QUESTION, {
      headers: { 'content-type': 'application/json' },
      signal: controller.signal,
    })
    await expect.poll(() => fake.queue.waiting()).toBe(1)
    controller.abort()
    await expect(second).rejects.toThrow()
    await expect.poll(() => fake.queue.waiting()).toBe(0)
    gate.resolve()
    expect((await first).status).toBe(200)
  })

  it('ends a stream with an error event when the model fails, and forgets the broken context', async () => {
    const fake = await start({
      beforeToken: (index) => (index === 2 ? Promise.reject(new Error('ggml')) : Promise.resolve()),
    })
    const response = await fake.post('/v1/chat/completions', { ...QUESTION, stream: true })
    const events = await readEvents(response)
    expect(events.slice(-2)).toEqual([
      {
        error: {
          message: 'Internal server error',
          type: 'InternalServerError',
          param: null,
          code: 500,
        },
      },
      '[DONE]',
    ])
    expect(fake.sequence.held).toEqual([])
    expect(fake.errors).toHaveLength(1)
  })
})

describe('what is refused', () => {
  it('says that a prompt is too long in vLLM’s words', async () => {
    const fake = await start({ maxModelLen: 64 })
    const response = await fake.post('/v1/chat/completions', {
      messages: [{ role: 'user', content: 'x'.repeat(100) }],
    })
    expect([response.status, await response.json()]).toEqual([
      400,
      {
        error: {
          message:
            "This model's maximum context length is 64 tokens. However, your prompt contains at least 65 input tokens, which exceeds this limit even without any output tokens. Please reduce the length of the input prompt. (parameter=input_tokens, value=65)",
          type: 'BadRequestError',
          param: 'input_tokens',
          code: 400,
        },
      },
    ])
  })

  it('has no room for an answer when the prompt fills the context to the last token', async () => {
    const fake = await start({ maxModelLen: PROMPT_TOKENS })
    const response = await fake.post('/v1/chat/completions', QUESTION)
    expect(await response.json()).toMatchObject({
      error: { message: 'max_tokens must be at least 1, got 0. (parameter=max_tokens, value=0)' },
    })
  })

  it('cuts max_tokens to what the context still holds', async () => {
    const fake = await start({ maxModelLen: PROMPT_TOKENS + 3, reply: 'abcdefg' })
    const response = await fake.post('/v1/chat/completions', { ...QUESTION, max_tokens: 10 })
    expect(await response.json()).toMatchObject({
      choices: [{ message: { content: 'abc' }, finish_reason: 'length' }],
    })
  })

  const refusals: [string, string, RequestInit | undefined, number, unknown][] = [
    ['an unknown path', '/v1/nothing', undefined, 404, { detail: 'Not Found' }],
    ['a wrong method', '/v1/chat/completions', undefined, 405, { detail: 'Method Not Allowed' }],
    ['HEAD /health', '/health', { method: 'HEAD' }, 405, undefined],
  ]
  it.each(refusals)('answers %s as vLLM does', async (_name, path, init, status, body) => {
    const fake = await start()
    const response = await fetch(`${fake.url}${path}`, init)
    expect(response.status).toBe(status)
    if (body !== undefined) expect(await response.json()).toEqual(body)
  })

  const bodies: [string, string, RegExp][] = [
    ['broken JSON', '{"a"', /json_invalid/],
    ['an empty body', '', /'type': 'missing', 'loc': 'body'/],
    ['a list', '[]', /model_attributes_type.*<list of 0 items>/],
  ]
  it.each(bodies)('refuses %s with a validation error', async (_name, body, message) => {
    const fake = await start()
    const response = await fake.post('/v1/chat/completions', body)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      error: { type: 'Bad Request', message: expect.stringMatching(message) },
    })
  })

  it('takes JSON only, so that no page of another origin can ask without a preflight', async () => {
    const fake = await start()
    const response = await fake.post('/v1/chat/completions', QUESTION, {
      headers: { 'content-type': 'text/plain' },
    })
    expect(await response.json()).toMatchObject({
      error: { message: expect.stringContaining("Only 'application/json' is allowed") },
    })
    const preflight = await fetch(`${fake.url}/v1/chat/completions`, { method: 'OPTIONS' })
    expect(preflight.status).toBe(405)
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('names the model that it has when another is asked for', async () => {
    const fake = await start()
    const response = await fake.post('/v1/chat/completions', { ...QUESTION, model: 'nope' })
    expect([response.status, await response.json()]).toEqual([
      404,
      {
        error: {
          message: 'The model `nope` does not exist. Valid aliases: tiny.',
          type: 'NotFoundError',
          param: 'model',
          code: 404,
        },
      },
    ])
  })
})

describe('the other routes', () => {
  it('lists the model with its length', async () => {
    const fake = await start()
    expect(await (await fetch(`${fake.url}/v1/models`)).json()).toMatchObject({
      object: 'list',
      data: [{ id: 'tiny', max_model_len: 2000, root: '/models/tiny.gguf' }],
    })
  })

  it('tokenizes messages exactly as a completion does, and back', async () => {
    const fake = await start()
    const answer = (await (await fake.post('/tokenize', QUESTION)).json()) as { tokens: number[] }
    expect(answer).toMatchObject({ count: PROMPT_TOKENS, max_model_len: 2000, token_strs: null })
    const shorter = await fake.post('/tokenize', { ...QUESTION, add_generation_prompt: false })
    expect(await shorter.json()).toMatchObject({
      count: PROMPT_TOKENS - encode('<|im_start|>assistant\n').length,
    })
    const back = await fake.post('/detokenize', { tokens: encode('Wie spät?') })
    expect(await back.json()).toEqual({ prompt: 'Wie spät?' })
  })

  it('counts tokens, hits and ends in its metrics', async () => {
    const fake = await start({ reply: 'ok' })
    await fake.post('/v1/chat/completions', QUESTION)
    await fake.post('/v1/chat/completions', QUESTION)
    const text = await (await fetch(`${fake.url}/metrics`)).text()
    const value = (name: string) =>
      Number(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'm').exec(text)?.[1])
    expect(value('vllm:prompt_tokens_total')).toBe(2 * PROMPT_TOKENS)
    expect(value('vllm:prefix_cache_hits_total')).toBe(PROMPT_TOKENS - 1)
    expect(value('vllm:generation_tokens_total')).toBe(6)
    expect(value('vllm:iteration_tokens_total_sum')).toBe(PROMPT_TOKENS + 1 + 6)
    expect(text).toContain('finished_reason="stop",model_name="tiny"} 2')
    expect(text).toContain('block_size="1",num_gpu_blocks="2000"')
    const startedAtMs = value('process_start_time_seconds') * 1000
    expect(Math.abs(startedAtMs - (Date.now() - process.uptime() * 1000))).toBeLessThan(1000)
  })
})
