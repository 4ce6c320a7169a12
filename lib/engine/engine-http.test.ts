import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { isAppError } from '@/lib/domain/error'
import { serve } from './__fixtures__/serve'
import { createEngineAgent, createEngineFetch, createEngineHttp } from './engine-http'

const agent = createEngineAgent()
const fetch = createEngineFetch(agent)
let server: Awaited<ReturnType<typeof serve>>
let answer: (request: IncomingMessage, response: ServerResponse) => void
let seen: { method?: string; url?: string; headers: IncomingMessage['headers'] }[]

beforeAll(async () => {
  server = await serve((request, response) => {
    seen.push({
      headers: request.headers,
      ...(request.method === undefined ? {} : { method: request.method }),
      ...(request.url === undefined ? {} : { url: request.url }),
    })
    answer(request, response)
  })
})
beforeEach(() => {
  seen = []
})
afterAll(async () => {
  await server.close()
  await agent.destroy()
})

const http = (apiKey?: string) =>
  createEngineHttp({
    baseUrl: `${server.rootUrl}/v1`,
    fetch,
    ...(apiKey === undefined ? {} : { apiKey }),
  })

function reply(status: number, headers: Record<string, string>, body: string) {
  answer = (_request, response) => {
    response.writeHead(status, headers)
    response.end(body)
  }
}

async function failureOf(promise: Promise<unknown>) {
  const error = await promise.then(
    () => new Error('it succeeded'),
    (thrown: unknown) => thrown,
  )
  return isAppError(error) ? { code: error.code, details: error.details } : error
}

const JSON_TYPE = { 'content-type': 'application/json' }

describe('createEngineHttp', () => {
  it('asks below the base URL and above it', async () => {
    reply(200, JSON_TYPE, '{"ok":true}')
    expect(await http().request({ path: '/models', base: 'v1', accept: 'json' })).toEqual({
      ok: true,
    })
    await http().request({ path: '/health', base: 'root', accept: 'json' })
    expect(seen.map((request) => `${request.method} ${request.url}`)).toEqual([
      'GET /v1/models',
      'GET /health',
    ])
  })

  it('sends the key as a bearer token only when there is one', async () => {
    reply(200, JSON_TYPE, '{}')
    await http('k1').request({ path: '/models', base: 'v1', accept: 'json' })
    await http().request({ path: '/models', base: 'v1', accept: 'json' })
    expect(seen.map((request) => request.headers.authorization)).toEqual(['Bearer k1', undefined])
  })

  it('sends a body as JSON', async () => {
    let body = ''
    answer = (request, response) => {
      request.on('data', (chunk) => {
        body += chunk
      })
      request.on('end', () => response.writeHead(200, JSON_TYPE).end('[]'))
    }
    await http().request({
      path: '/tokenize',
      base: 'root',
      method: 'POST',
      body: { a: 1 },
      accept: 'json',
    })
    expect([body, seen[0]?.headers['content-type']]).toEqual(['{"a":1}', 'application/json'])
  })

  it('never follows a redirect, so the key stays', async () => {
    reply(307, { location: `${server.rootUrl}/elsewhere` }, '')
    const failure = await failureOf(
      http('k').request({ path: '/models', base: 'v1', accept: 'json' }),
    )
    expect(failure).toMatchObject({ code: 'engine_redirected' })
    expect(seen).toHaveLength(1)
  })

  it('never repeats a request that failed', async () => {
    reply(503, {}, '')
    await failureOf(http().request({ path: '/models', base: 'v1', accept: 'json' }))
    expect(seen).toHaveLength(1)
  })

  it.each([
    [200, { 'content-type': 'text/html; charset=utf-8' }, '<html>', 'engine_wrong_content_type'],
    [200, { 'content-type': 'text/plain' }, '{}', 'engine_wrong_content_type'],
    [200, JSON_TYPE, '{"cut', 'engine_malformed'],
    [200, JSON_TYPE, `"${'x'.repeat(9 * 1024 * 1024)}"`, 'engine_line_too_large'],
    [401, JSON_TYPE, '{"error":"Unauthorized"}', 'engine_unauthorized'],
    [502, { 'content-type': 'text/html' }, '<html>bad gateway</html>', 'engine_proxy'],
    [500, {}, 'x'.repeat(1024 * 1024), 'engine_failed'],
  ])('answers %i %j as told', async (status, headers, body, code) => {
    reply(status, headers, body)
    const failure = await failureOf(http().request({ path: '/models', base: 'v1', accept: 'json' }))
    expect(failure).toMatchObject({ code })
  })

  it('takes text of any type but HTML', async () => {
    reply(200, { 'content-type': 'text/plain; version=1.0.0' }, 'a 1\n')
    expect(await http().request({ path: '/metrics', base: 'root', accept: 'text' })).toBe('a 1\n')
    reply(200, { 'content-type': 'text/html' }, '<html>')
    expect(
      await failureOf(http().request({ path: '/metrics', base: 'root', accept: 'text' })),
    ).toMatchObject({
      code: 'engine_wrong_content_type',
    })
  })

  it('blots out its key where the engine repeats it', async () => {
    reply(400, JSON_TYPE, '{"error":{"message":"bad key hunter2-hunter2","code":400}}')
    expect(
      await failureOf(http('hunter2-hunter2').request({ path: '/x', base: 'v1', accept: 'json' })),
    ).toMatchObject({
      details: { reason: 'bad key [key]' },
    })
  })

  it('times out on headers that never come and on a body that stops', async () => {
    answer = () => {}
    expect(
      await failureOf(
        http().request({ path: '/models', base: 'v1', accept: 'json', timeoutMs: 30 }),
      ),
    ).toEqual({ code: 'engine_timeout', details: { seconds: 1 } })
    answer = (_request, response) => {
      response.writeHead(200, JSON_TYPE).write('{"data":')
    }
    expect(
      await failureOf(
        http().request({ path: '/models', base: 'v1', accept: 'json', timeoutMs: 30 }),
      ),
    ).toMatchObject({ code: 'engine_timeout' })
  })

  it("ends with the caller's own reason when the caller aborts", async () => {
    const controller = new AbortController()
    answer = () => controller.abort('enough')
    const { signal } = controller
    await expect(
      http().request({ path: '/models', base: 'v1', accept: 'json', signal }),
    ).rejects.toBe('enough')
    await expect(
      http().request({ path: '/models', base: 'v1', accept: 'json', signal }),
    ).rejects.toBe('enough')
  })

  it.each([
    ['http://127.0.0.1:1/v1', 'engine_unreachable'],
    ['http://engine.invalid/v1', 'engine_name_not_found'],
  ])('says of %s: %s', async (baseUrl, code) => {
    const failure = await failureOf(
      createEngineHttp({ baseUrl, fetch }).request({ path: '/models', base: 'v1', accept: 'json' }),
    )
    expect(failure).toMatchObject({ code })
  })

  it('tells a failed TLS handshake from a refused connection', async () => {
    reply(200, JSON_TYPE, '{}')
    const baseUrl = `${server.rootUrl.replace('http:', 'https:')}/v1`
    const failure = await failureOf(
      createEngineHttp({ baseUrl, fetch }).request({ path: '/models', base: 'v1', accept: 'json' }),
    )
    expect(failure).toMatchObject({ code: 'engine_tls' })
  })

  it('calls a server that does not speak HTTP malformed, and one that hangs up unreachable', async () => {
    const codes: unknown[] = []
    for (const bytes of ['SSH-2.0-OpenSSH_9\r\n', '']) {
      const tcp = createTcpServer((socket) => socket.resume().end(bytes))
      await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve))
      const address = tcp.address()
      const port = typeof address === 'object' ? address?.port : 0
      const failure = await failureOf(
        createEngineHttp({ baseUrl: `http://127.0.0.1:${port}/v1`, fetch }).request({
          path: '/models',
          base: 'v1',
          accept: 'json',
        }),
      )
      codes.push(isFailure(failure) ? failure.code : failure)
      await new Promise((resolve) => tcp.close(resolve))
    }
    expect(codes).toEqual(['engine_malformed', 'engine_unreachable'])
  })
})

function isFailure(value: unknown): value is { code: string } {
  return typeof value === 'object' && value !== null && 'code' in value
}
