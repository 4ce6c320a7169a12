import { afterEach, describe, expect, it } from 'vitest'
import { startStubEngine } from '@/e2e/stub/start-stub-engine'
import { get, post, type RouteSetup, setUpRoutes } from '@/lib/server/__fixtures__/route-setup'
import { POST } from './passthrough/route'
import { GET } from './usage/route'

let setup: RouteSetup

afterEach(() => setup.end())

describe('without BENCH_ROUTES', () => {
  it('there is no passthrough, and nothing is sent to the engine', async () => {
    const stub = await startStubEngine()
    setup = await setUpRoutes({ OPENAI_BASE_URL: `${stub.url}/v1` })
    const response = await POST(post('/api/bench/passthrough', { messages: [] }))
    expect([response.status, await response.text()]).toEqual([404, ''])
    expect(stub.control.requests()).toEqual([])
    await stub.close()
  })

  it('the process tells nothing of itself', async () => {
    setup = await setUpRoutes()
    const response = await GET(get('/api/bench/usage'))
    expect([response.status, await response.text()]).toEqual([404, ''])
  })
})

describe('with BENCH_ROUTES', () => {
  it("passes the request's bytes to the engine and the engine's bytes back", async () => {
    const stub = await startStubEngine({ scenario: { text: 'Hello there', tokenDelayMs: 0 } })
    const env = { OPENAI_BASE_URL: `${stub.url}/v1`, OPENAI_API_KEY: 'k', BENCH_ROUTES: 'true' }
    setup = await setUpRoutes(env)
    const body = {
      model: 'Qwen/Qwen3-4B-Instruct-2507',
      stream: true,
      messages: [{ role: 'user', content: 'Hi' }],
    }
    const response = await POST(post('/api/bench/passthrough', body))
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    const text = await response.text()
    expect(text).toMatch(/^data: \{"id":"chatcmpl-.*data: \[DONE\]\n\n$/s)
    const [seen] = stub.control.requests({ path: '/v1/chat/completions' })
    expect([seen?.body, seen?.headers.authorization]).toEqual([JSON.stringify(body), 'Bearer k'])
    await stub.close()
  })

  it('is guarded as every route is', async () => {
    setup = await setUpRoutes({ BENCH_ROUTES: 'true' })
    const headers = { origin: 'http://evil.example' }
    const response = await POST(post('/api/bench/passthrough', { messages: [] }, headers))
    expect(response.status).toBe(403)
  })

  it('tells what the process has used', async () => {
    setup = await setUpRoutes({ BENCH_ROUTES: 'true' })
    const usage = await (await GET(get('/api/bench/usage'))).json()
    expect(usage).toMatchObject({ activeRuns: 0, nodeVersion: process.version })
    expect(usage.cpuMicroseconds).toBeGreaterThan(0)
    expect(usage.rssBytes).toBeGreaterThan(1_000_000)
  })
})
