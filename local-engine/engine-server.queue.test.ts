import { afterEach, describe, expect, it } from 'vitest'
import { encode } from './__fixtures__/fake-model.ts'
import { closeFakeServers, deferred, QUESTION, start } from './__fixtures__/open-fake-servers.ts'
import { readEvents } from './__fixtures__/start-fake-server.ts'

afterEach(closeFakeServers)

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))

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
