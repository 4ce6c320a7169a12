import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { serve } from './__fixtures__/serve'
import {
  createEngineAgent,
  createEngineFetch,
  createEngineHttp,
  type EngineHttp,
} from './engine-http'
import { probeEngine } from './probe-engine'
import { tokenizeMessages } from './tokenize'

const recorded = (file: string) =>
  readFileSync(new URL(`./__fixtures__/vllm-0.32.0.${file}`, import.meta.url), 'utf8')
const bodyOf = (file: string) => recorded(file).split(/\r?\n\r?\n/, 2)[1] ?? ''

const agent = createEngineAgent()
let server: Awaited<ReturnType<typeof serve>>
let http: EngineHttp
let asked: string[]
let routes: Record<string, Route>
type Route = (request: IncomingMessage, response: ServerResponse) => void

const reply =
  (status: number, type: string, body: string): Route =>
  (_request, response) =>
    response.writeHead(status, type === '' ? {} : { 'content-type': type }).end(body)

const json = (status: number, body: string) => reply(status, 'application/json', body)

beforeAll(async () => {
  server = await serve((request, response) => {
    const url = request.url ?? ''
    asked.push(url)
    const route = routes[url] ?? json(404, '{"detail":"Not Found"}')
    route(request, response)
  })
  http = createEngineHttp({
    baseUrl: `${server.rootUrl}/v1`,
    fetch: createEngineFetch(agent),
  })
})
beforeEach(() => {
  asked = []
  routes = {
    '/health': reply(200, '', ''),
    '/v1/models': json(200, bodyOf('models.http')),
    '/metrics': reply(200, 'text/plain; version=1.0.0', recorded('metrics_after.txt')),
    '/version': json(200, '{"version":"0.32.0"}'),
    '/tokenize': json(200, bodyOf('tokenize.http')),
  }
})
afterAll(async () => {
  await server.close()
  await agent.destroy()
})

describe('probeEngine', () => {
  it('sees a vLLM that is up', async () => {
    expect(await probeEngine({ http })).toMatchObject({
      health: { kind: 'ok' },
      models: {
        kind: 'ok',
        models: [{ id: 'smollm2-135m-instruct', root: '/models/smollm2', maxModelLen: 4096 }],
      },
      metrics: { blockSizeTokens: 128 },
      version: '0.32.0',
    })
  })

  it('asks for the version once a process', async () => {
    const first = await probeEngine({ http })
    const second = await probeEngine({ http, previous: first })
    const restarted = recorded('metrics_after.txt').replace(
      /^process_start_time_seconds .*$/m,
      'process_start_time_seconds 1.8e+09',
    )
    routes['/metrics'] = reply(200, 'text/plain', restarted)
    routes['/version'] = json(200, '{"version":"0.33.0"}')
    const third = await probeEngine({ http, previous: second })
    expect([second.version, third.version]).toEqual(['0.32.0', '0.33.0'])
    expect(asked.filter((url) => url === '/version')).toHaveLength(2)
  })

  it('asks a server that has no version only once', async () => {
    delete routes['/version']
    const first = await probeEngine({ http })
    await probeEngine({ http, previous: first })
    expect(asked.filter((url) => url === '/version')).toHaveLength(1)
  })

  it('asks nothing more of an engine that is not healthy', async () => {
    routes['/health'] = reply(503, '', '')
    expect(await probeEngine({ http })).toMatchObject({
      health: { kind: 'unavailable', isLoading: false },
      models: { kind: 'not-asked' },
    })
    expect(asked).toEqual(['/health'])
  })

  it('hears from a llama.cpp server that it is loading', async () => {
    routes['/health'] = json(
      503,
      '{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}',
    )
    expect((await probeEngine({ http })).health).toEqual({ kind: 'unavailable', isLoading: true })
  })

  it('lets the models decide where nothing answers for health', async () => {
    delete routes['/health']
    delete routes['/metrics']
    const observation = await probeEngine({ http })
    expect(observation).toMatchObject({ health: { kind: 'silent' }, models: { kind: 'ok' } })
    expect(observation).not.toHaveProperty('metrics')
  })

  it.each([
    ['a wrong key', json(401, '{"error":"Unauthorized"}'), 'engine_unauthorized'],
    ['a page of HTML', reply(200, 'text/html', '<html>'), 'engine_wrong_content_type'],
    ['a list that is none', json(200, '{"data":"none"}'), 'engine_malformed'],
    ['an answer that never comes', () => {}, 'engine_timeout'],
  ])('reports %s in place of the models', async (_, route: Route, code) => {
    routes['/v1/models'] = route
    const { models } = await probeEngine({ http, timeoutMs: 50 })
    expect(models).toMatchObject({ kind: 'failed', error: { code } })
  })

  it('reports a health that hangs as a timeout', async () => {
    routes['/health'] = () => {}
    const { health } = await probeEngine({ http, timeoutMs: 30 })
    expect(health).toMatchObject({ kind: 'failed', error: { code: 'engine_timeout' } })
  })

  it('leaves out a model without a name, and LoRA cards stay behind', async () => {
    const data = [
      { id: '' },
      null,
      { id: 'base', max_model_len: 10 },
      { id: 'lora', parent: 'base', max_model_len: null },
    ]
    routes['/v1/models'] = json(200, JSON.stringify({ data }))
    const { models } = await probeEngine({ http })
    expect(models).toEqual({
      kind: 'ok',
      models: [{ id: 'base', maxModelLen: 10 }, { id: 'lora' }],
    })
  })

  it("ends with the caller's reason when it is aborted", async () => {
    const controller = new AbortController()
    routes['/metrics'] = () => controller.abort('stop')
    await expect(probeEngine({ http, signal: controller.signal })).rejects.toBe('stop')
  })
})

describe('tokenizeMessages', () => {
  it("returns the engine's count and tokens", async () => {
    let body = ''
    routes['/tokenize'] = (request, response) => {
      request.on('data', (chunk) => {
        body += chunk
      })
      request.on('end', () => json(200, bodyOf('tokenize.http'))(request, response))
    }
    const messages = [{ role: 'user' as const, content: 'Hi' }]
    const result = await tokenizeMessages({
      http,
      model: 'm',
      messages,
      addGenerationPrompt: false,
    })
    expect(result).toMatchObject({ count: 22, maxModelLen: 4096 })
    expect(result.tokens).toHaveLength(22)
    expect(JSON.parse(body)).toEqual({ model: 'm', messages, add_generation_prompt: false })
  })

  it('refuses an answer of another shape', async () => {
    routes['/tokenize'] = json(200, '{"tokens":[1]}')
    await expect(tokenizeMessages({ http, model: 'm', messages: [] })).rejects.toMatchObject({
      code: 'engine_malformed',
    })
  })
})
