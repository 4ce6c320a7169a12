import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { AppError, ERROR_CODES, type ErrorCode } from '@/lib/domain/error'
import { get, params, post, type RouteSetup, setUpRoutes } from './__fixtures__/route-setup'
import { BODY_LIMIT_BYTES } from './read-json-body'
import { route } from './route'

let setup: RouteSetup
let handled: unknown[]

beforeEach(async () => {
  setup = await setUpRoutes({ ALLOWED_HOSTS: 'chat.example' })
  handled = []
})
afterEach(() => setup.end())

const echo = route({
  params: z.strictObject({ id: z.guid() }),
  body: z.strictObject({ text: z.string(), more: z.strictObject({ n: z.number() }).optional() }),
  handle({ body }) {
    handled.push(body)
    return Response.json(body)
  },
})

const ID = '3f1f7d3e-9d2c-4e19-8a52-0f0a3a5b7c11'
const send = (request: Request, id = ID) => echo(request, params(id))

async function expectRefused(response: Response, code: ErrorCode) {
  expect(response.status).toBe(ERROR_CODES[code].status)
  const { error } = await response.json()
  expect(error.code).toBe(code)
  expect(error.requestId).toBe(response.headers.get('x-request-id'))
  expect(response.headers.get('cache-control')).toBe('private, no-store')
  expect(handled).toEqual([])
  return error
}

describe('the guards of route()', () => {
  it('let a good request through, with an id and never cached', async () => {
    const response = await send(post('/x', { text: 'a' }))
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ text: 'a' })
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(response.headers.get('cache-control')).toBe('private, no-store')
  })

  it.each<[string, Record<string, string | undefined>, ErrorCode]>([
    ['a foreign host', { host: 'evil.example' }, 'host_not_allowed'],
    [
      'a foreign host that says it is forwarded',
      { host: 'evil.example', 'x-forwarded-host': 'localhost' },
      'host_not_allowed',
    ],
    ['no host', { host: '' }, 'host_not_allowed'],
    ['a foreign origin', { origin: 'http://evil.example' }, 'origin_not_allowed'],
    ['the null origin', { origin: 'null' }, 'origin_not_allowed'],
    ['another port', { origin: 'http://127.0.0.1:4000' }, 'origin_not_allowed'],
    ['a cross-site form', { 'sec-fetch-site': 'cross-site' }, 'origin_not_allowed'],
    ['plain text', { 'content-type': 'text/plain' }, 'unsupported_media_type'],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 'unsupported_media_type'],
    ['JSON by half', { 'content-type': 'application/json-patch+json' }, 'unsupported_media_type'],
    ['a packed body', { 'content-encoding': 'gzip' }, 'unsupported_media_type'],
    [
      'a length beyond the limit',
      { 'content-length': String(BODY_LIMIT_BYTES + 1) },
      'body_too_large',
    ],
  ])('refuse %s', async (_, headers, code) => {
    await expectRefused(await send(post('/x', { text: 'a' }, headers)), code)
  })

  it('refuse a POST without a media type', async () => {
    const body = new TextEncoder().encode('{"text":"a"}')
    const request = new Request('http://127.0.0.1:3000/x', {
      method: 'POST',
      headers: { host: '127.0.0.1:3000' },
      body,
    })
    await expectRefused(await send(request), 'unsupported_media_type')
  })

  it.each(['application/json; charset=utf-8', 'Application/JSON'])(
    'take %s as JSON',
    async (type) => {
      expect((await send(post('/x', { text: 'a' }, { 'content-type': type }))).status).toBe(200)
    },
  )

  it('name the setting that allows a host', async () => {
    const error = await expectRefused(
      await send(post('/x', { text: 'a' }, { host: 'evil.example' })),
      'host_not_allowed',
    )
    expect(error.details).toEqual({ setting: 'ALLOWED_HOSTS' })
    const allowed = { host: 'chat.example', origin: 'https://chat.example' }
    expect((await send(post('/x', { text: 'a' }, allowed))).status).toBe(200)
  })

  it('stop reading a body at the limit, however it is sent', async () => {
    let sentBytes = 0
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        sentBytes += 65_536
        controller.enqueue(new Uint8Array(65_536).fill(0x20))
      },
    })
    const request = new Request('http://127.0.0.1:3000/x', {
      method: 'POST',
      headers: { host: '127.0.0.1:3000', 'content-type': 'application/json' },
      body,
      duplex: 'half',
    } as RequestInit)
    const error = await expectRefused(await send(request), 'body_too_large')
    expect(error.details).toEqual({ limitBytes: BODY_LIMIT_BYTES, limitMib: 1 })
    expect(sentBytes).toBeLessThan(BODY_LIMIT_BYTES + 4 * 65_536)
  })

  it('take a body of exactly the limit', async () => {
    const frame = JSON.stringify({ text: '' }).length
    const text = 'a'.repeat(BODY_LIMIT_BYTES - frame)
    expect((await send(post('/x', { text }))).status).toBe(200)
    handled = []
    await expectRefused(await send(post('/x', { text: `${text}a` })), 'body_too_large')
  })

  it.each([
    ['null', 'null'],
    ['an array', '[]'],
    ['a number', '1'],
    ['a text', '"text"'],
    ['nothing', ''],
    ['half a JSON', '{"text":'],
    ['another field', '{"text":"a","admin":true}'],
    ['a missing field', '{}'],
    ['a wrong type', '{"text":1}'],
    ['__proto__', '{"text":"a","__proto__":{"isAdmin":true}}'],
    ['__proto__ further down', '{"text":"a","more":{"n":1,"__proto__":{"isAdmin":true}}}'],
    ['constructor', '{"text":"a","constructor":{"prototype":{"isAdmin":true}}}'],
    ['10,000 levels of arrays', `{"text":${'['.repeat(10_000)}${']'.repeat(10_000)}}`],
    ['10,000 levels of objects', `{"text":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`],
    ['a huge number', '{"text":"a","more":{"n":1e999}}'],
  ])('answer 400 to a body of %s', async (_, body) => {
    await expectRefused(await send(post('/x', body)), 'invalid_request')
    expect('isAdmin' in {}).toBe(false)
  })

  it('answer 400 to bytes that are no UTF-8', async () => {
    const request = new Request('http://127.0.0.1:3000/x', {
      method: 'POST',
      headers: { host: '127.0.0.1:3000', 'content-type': 'application/json' },
      body: new Uint8Array([0x7b, 0xff, 0x7d]),
    })
    await expectRefused(await send(request), 'invalid_request')
  })

  it.each(['../../etc/passwd', '', 'x', `${ID}/..`, '%00'])(
    'answer 400 to the id "%s"',
    async (id) => {
      await expectRefused(await send(post('/x', { text: 'a' }), id), 'invalid_request')
    },
  )
})

describe('errors', () => {
  const failing = (error: unknown) =>
    route({
      handle() {
        throw error
      },
    })(get('/x'))

  it.each(Object.entries(ERROR_CODES))('%s becomes its status', async (code, { status }) => {
    const response = await failing(new AppError(code as ErrorCode, { details: { n: 1 } }))
    expect(response.status).toBe(status)
    expect((await response.json()).error).toMatchObject({ code, details: { n: 1 } })
  })

  it('of our own making tell nothing but their id, and are logged under it', async () => {
    const response = await failing(new TypeError('secret detail at /srv/app'))
    expect(response.status).toBe(500)
    const body = await response.text()
    const requestId = response.headers.get('x-request-id')
    expect(JSON.parse(body)).toEqual({ error: { code: 'internal', requestId } })
    const entry = setup.logged.find(({ level }) => level === 'error')
    expect(entry?.fields).toMatchObject({ requestId, code: 'internal' })
  })
})

describe('a GET', () => {
  const read = route({ handle: () => Response.json({ ok: true }) })

  it('needs no origin, but an allowed host', async () => {
    expect((await read(get('/x', { 'sec-fetch-site': 'cross-site' }))).status).toBe(200)
    expect((await read(get('/x', { host: 'evil.example' }))).status).toBe(421)
  })

  it('is answered under any host where it is a probe', async () => {
    const probe = route({ anyHost: true, handle: () => Response.json({ ok: true }) })
    expect((await probe(get('/health', { host: '10.1.2.3:3000' }))).status).toBe(200)
  })

  it('is a line in the log at debug, without its query', async () => {
    await read(get('/x?secret=1'))
    const line = setup.logged.find(({ fields }) => fields.path === '/x')
    expect(line).toMatchObject({ level: 'debug', fields: { method: 'GET', status: 200 } })
    expect(JSON.stringify(setup.logged)).not.toContain('secret')
  })
})
