import { afterEach, describe, expect, it } from 'vitest'
import { chunk, DONE, event, ROLE, STOP, text, USAGE } from './__fixtures__/chunk'
import { collectEvents, endOf } from './__fixtures__/collect-events'
import { sendStream, serveEngine, startStream } from './__fixtures__/serve-engine'
import type { CompletionRequest } from './completion'

type Served = Awaited<ReturnType<typeof serveEngine>>

const opened: Served[] = []

async function open(options: Parameters<typeof serveEngine>[0]): Promise<Served> {
  const served = await serveEngine(options)
  opened.push(served)
  return served
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((served) => served.close()))
})

const ANSWER = sendStream(ROLE, text('Hel'), text('lo'), STOP, USAGE, DONE)
const signal = new AbortController().signal

describe('streamCompletion', () => {
  it('yields sent, the deltas with their arrivals, and the finish with its figures', async () => {
    const { stream } = await open({
      answer: sendStream(
        ROLE,
        text('Hel'),
        text('lo'),
        chunk({ finish: 'stop', rest: { system_fingerprint: 'vllm-0.32.0-1' } }),
        chunk({
          usage: {
            prompt_tokens: 7,
            completion_tokens: 2,
            total_tokens: 9,
            prompt_tokens_details: { cached_tokens: 0 },
          },
          rest: {
            metrics: {
              queue_time_ms: 0.5,
              time_to_first_token_ms: 20,
              generation_time_ms: 40,
              mean_itl_ms: null,
            },
          },
        }),
        DONE,
      ),
    })
    const before = performance.now()
    const seen = await collectEvents(stream())
    expect(seen.events[0]).toEqual({ type: 'sent', atMs: expect.any(Number) })
    expect(seen).toMatchObject({ text: 'Hello', arrivalsMs: { length: 2 } })
    expect(seen.arrivalsMs[0]).toBeGreaterThan(before)
    expect(seen.events.at(-1)).toEqual({
      type: 'finish',
      finishReason: 'stop',
      usage: { promptTokens: 7, completionTokens: 2, cachedTokens: 0 },
      engine: { queueMs: 0.5, prefillMs: 20, decodeMs: 40 },
      model: 'm',
      completionId: 'chatcmpl-1',
      systemFingerprint: 'vllm-0.32.0-1',
    })
  })

  it('leaves out what was not reported, and never makes it 0', async () => {
    const { stream } = await open({ answer: ANSWER })
    const { finish } = await collectEvents(stream())
    expect(finish).toEqual({
      type: 'finish',
      finishReason: 'stop',
      usage: { promptTokens: 7, completionTokens: 2 },
      model: 'm',
      completionId: 'chatcmpl-1',
    })
    const without = await open({ answer: sendStream(text('a'), STOP, DONE) })
    expect((await collectEvents(without.stream())).finish).not.toHaveProperty('usage')
  })

  it('tells that it was sent before the engine answers', async () => {
    let answer = () => {}
    const { stream, until } = await open({
      answer: (response) => {
        answer = () => ANSWER(response, response.req)
      },
    })
    const iterator = stream()[Symbol.asyncIterator]()
    expect(await iterator.next()).toMatchObject({ value: { type: 'sent' } })
    const next = iterator.next()
    await until({ seen: 1 })
    answer()
    expect(await next).toMatchObject({ value: { type: 'text-delta' } })
    await iterator.return?.()
  })

  it('sends what is asked for and nothing else, byte for byte', async () => {
    const { engine, completions } = await open({ answer: ANSWER })
    const request: CompletionRequest = {
      model: 'm',
      messages: [
        { role: 'system', content: 'Be\nbrief.' },
        { role: 'user', content: '' },
        { role: 'assistant', content: ' Yes ', reasoning_content: 'Hm.' },
        { role: 'user', content: 'è "x"' },
      ],
      signal,
    }
    await collectEvents(engine.streamCompletion(request))
    await collectEvents(
      engine.streamCompletion({
        ...request,
        messages: [{ role: 'assistant', content: 'Go' }],
        isContinuation: true,
        isEndIgnored: true,
        sampling: {
          temperature: 0,
          topP: 0.8,
          topK: 20,
          minP: 0,
          presencePenalty: 0.1,
          frequencyPenalty: 0.2,
          repetitionPenalty: 1.1,
          maxTokens: 9,
          seed: 0,
          stop: ['\n'],
        },
      }),
    )
    const [plain, full] = completions().map(({ body }) => body)
    expect(plain).toBe(
      '{"model":"m","messages":[{"role":"system","content":"Be\\nbrief."},{"role":"user","content":""},{"role":"assistant","content":" Yes ","reasoning_content":"Hm."},{"role":"user","content":"è \\"x\\""}],"stream":true,"stream_options":{"include_usage":true}}',
    )
    expect(JSON.parse(full ?? '')).toEqual({
      model: 'm',
      messages: [{ role: 'assistant', content: 'Go' }],
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: 9,
      temperature: 0,
      top_p: 0.8,
      top_k: 20,
      min_p: 0,
      presence_penalty: 0.1,
      frequency_penalty: 0.2,
      repetition_penalty: 1.1,
      seed: 0,
      stop: ['\n'],
      ignore_eos: true,
      continue_final_message: true,
      add_generation_prompt: false,
    })
  })

  it('sends the ids and the key as headers, and asks for no compression', async () => {
    const { engine, completions } = await open({ answer: ANSWER, apiKey: 'k-1' })
    const request = { model: 'm', messages: [], signal }
    await collectEvents(
      engine.streamCompletion({ ...request, sessionId: 'thread-1', requestId: 'turn-1' }),
    )
    await collectEvents(engine.streamCompletion(request))
    expect(completions().map(({ headers }) => headers)).toMatchObject([
      {
        'x-session-id': 'thread-1',
        'x-request-id': 'turn-1',
        authorization: 'Bearer k-1',
        'content-type': 'application/json',
        accept: 'text/event-stream',
        'accept-encoding': 'identity',
      },
      { authorization: 'Bearer k-1' },
    ])
    expect(completions()[1]?.headers).not.toHaveProperty('x-session-id')
    expect(completions()[1]?.headers).not.toHaveProperty('x-request-id')
  })

  it.each([
    ['stop', 'stop'],
    ['length', 'length'],
    ['tool_calls', 'tool_calls'],
    ['abort', 'abort'],
    ['error', 'error'],
    ['repetition', 'repetition'],
    ['content_filter', 'unknown'],
  ])('ends with %s as %s', async (sent, reason) => {
    const { stream } = await open({ answer: sendStream(text('a'), chunk({ finish: sent }), DONE) })
    expect(endOf(await collectEvents(stream()))).toBe(reason)
  })

  it('keeps each piece of an answer that stops at its first token', async () => {
    const { stream } = await open({ answer: sendStream(ROLE, STOP, USAGE, DONE) })
    const seen = await collectEvents(stream())
    expect([seen.text, seen.arrivalsMs, endOf(seen)]).toEqual(['', [], 'stop'])
  })

  it('keeps halves of a character that came apart', async () => {
    const halves = ['\\ud83d', '\\udc4b'].map(
      (half) => `data: {"choices":[{"index":0,"delta":{"content":"${half}"}}]}\n\n`,
    )
    const { stream } = await open({ answer: sendStream(...halves, STOP, DONE) })
    expect((await collectEvents(stream())).text).toBe('👋')
  })

  it('ignores other choices and what it does not know', async () => {
    const { stream } = await open({
      answer: sendStream(
        event({ object: 'ping' }),
        event({ choices: [{ index: 1, delta: { content: 'other' }, finish_reason: 'stop' }] }),
        event({ choices: [{ delta: { content: 'own', surprise: 1 } }], error: null }),
        STOP,
        DONE,
      ),
    })
    expect(await collectEvents(stream())).toMatchObject({ text: 'own' })
  })

  it('uses a connection again, and closes it where an answer was left', async () => {
    const { stream, until, completions } = await open({
      answer: (response) => startStream(response, text('a')),
    })
    for await (const part of stream()) if (part.type === 'text-delta') break
    await until({ open: 0 })
    expect(completions()).toHaveLength(1)
    const ports = new Set<number | undefined>()
    const again = await open({
      answer: (response, request) => {
        ports.add(request.socket.remotePort)
        ANSWER(response, request)
      },
    })
    for (let turn = 0; turn < 10; turn += 1) {
      await collectEvents(again.stream())
      await again.until({ open: 0 })
    }
    expect(ports.size).toBeLessThan(5)
  })

  it('keeps concurrent answers apart', async () => {
    const { engine } = await open({
      answer: (response, request) => {
        const name = String(request.headers['x-request-id'])
        startStream(response, ...Array.from({ length: 40 }, () => text(name)), STOP, DONE)
        response.end()
      },
    })
    const names = Array.from({ length: 20 }, (_, index) => `<${index}>`)
    const all = await Promise.all(
      names.map((requestId) =>
        collectEvents(engine.streamCompletion({ model: 'm', messages: [], requestId, signal })),
      ),
    )
    expect(all.map((seen) => seen.text)).toEqual(names.map((name) => name.repeat(40)))
    expect(all.map((seen) => seen.arrivalsMs.length)).toEqual(names.map(() => 40))
  })
})

describe('completeOneToken', () => {
  it('asks for one token and tells its usage', async () => {
    const { engine, completions } = await open({
      answer: (response) =>
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(
            '{"choices":[],"usage":{"prompt_tokens":300,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":256}}}',
          ),
    })
    const usage = await engine.completeOneToken({
      model: 'm',
      messages: [{ role: 'user', content: 'Hello' }],
      timeoutMs: 1000,
    })
    expect(usage).toEqual({ promptTokens: 300, completionTokens: 1, cachedTokens: 256 })
    expect(completions()[0]?.body).toBe(
      '{"model":"m","messages":[{"role":"user","content":"Hello"}],"max_tokens":1,"stream":false}',
    )
  })
})
