import { afterEach, describe, expect, it } from 'vitest'
import { encode } from './__fixtures__/fake-model.ts'
import {
  closeFakeServers,
  deferred,
  openFakeServer,
  PROMPT_TOKENS,
  QUESTION,
  start,
} from './__fixtures__/open-fake-servers.ts'
import { readEvents } from './__fixtures__/start-fake-server.ts'

afterEach(closeFakeServers)

describe('before the model is loaded', () => {
  it('opens the port, answers 503 to /health and to requests, and tells its version', async () => {
    const fake = await openFakeServer({ reply: '' })
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
