import { readdirSync } from 'node:fs'
import { NextRequest } from 'next/server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseEnv } from '@/lib/config/env'
import { config, proxy } from './proxy'

const holder = globalThis as typeof globalThis & Record<symbol, unknown>
const KEY = Symbol.for('first-token.env')

beforeAll(() => {
  holder[KEY] = parseEnv({ ALLOWED_HOSTS: 'chat.example' })
})
afterAll(() => {
  delete holder[KEY]
})

const visit = (host: string, method = 'GET') =>
  proxy(new NextRequest('http://127.0.0.1:3000/chat/x', { method, headers: { host } }))

describe('a page', () => {
  it('comes with a policy that names a nonce of its own, and is never stored', () => {
    const [first, second] = [visit('localhost:3000'), visit('chat.example')]
    const policies = [first, second].map(({ headers }) => headers.get('content-security-policy'))
    expect(policies[0]).not.toBe(policies[1])
    const nonce = /'nonce-([0-9a-f]{32})'/.exec(policies[0] ?? '')?.[1]
    expect(first.headers.get('x-middleware-request-x-nonce')).toBe(nonce)
    expect(first.headers.get('cache-control')).toBe('private, no-store')
    expect((policies[0] ?? '').replaceAll(nonce ?? '', 'N').split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self' 'nonce-N' 'strict-dynamic'",
      "style-src 'self' 'nonce-N'",
      "style-src-attr 'unsafe-inline'",
      "worker-src 'self'",
      "img-src 'self' data: blob:",
      "connect-src 'self'",
      "font-src 'self'",
      "manifest-src 'self'",
      "form-action 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
      "object-src 'none'",
    ])
  })

  it('is not given under a foreign name: a plain page names the setting', async () => {
    const response = visit('evil.example')
    expect(response.status).toBe(421)
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(await response.text()).toMatch(/ALLOWED_HOSTS/)
  })

  it.each(['POST', 'PUT', 'DELETE'])('takes no %s', (method) => {
    expect(visit('localhost:3000', method).status).toBe(405)
  })
})

describe('the matcher', () => {
  const matcher = new RegExp(`^${config.matcher[0]}$`)

  it('leaves to themselves exactly the routes that go through route()', () => {
    const folders = readdirSync('app/api', { recursive: true, encoding: 'utf8' })
    const routes = folders
      .filter((file) => file.endsWith('route.ts'))
      .map((file) => `/api/${file.replace(/\/route\.ts$/, '').replaceAll('[id]', 'some-id')}`)
    expect(routes.length).toBeGreaterThan(5)
    for (const path of [...routes, '/health', '/ready', '/_next/static/chunks/a.js']) {
      expect([path, matcher.test(path)]).toEqual([path, false])
    }
  })

  it.each([
    '/',
    '/chat/x',
    '/debug',
    '/api',
    '/api/unknown',
    '/api/chat/x',
    '/healthy',
    '/_next/image',
    '/icon.svg',
  ])('guards %s', (path) => {
    expect(matcher.test(path)).toBe(true)
  })
})
