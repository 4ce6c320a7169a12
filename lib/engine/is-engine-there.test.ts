import type { RequestListener } from 'node:http'
import { afterEach, expect, it } from 'vitest'
import { startStubEngine } from '@/e2e/stub/start-stub-engine'
import { serve } from './__fixtures__/serve'
import { isEngineThere } from './is-engine-there'

const open: { close(): Promise<unknown> }[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()))
})

const look = (rootUrl: string, timeoutMs = 5000) =>
  isEngineThere({ baseUrl: `${rootUrl}/v1`, apiKey: 'EMPTY', timeoutMs })

async function lookAt(listener: RequestListener, timeoutMs?: number) {
  const server = await serve(listener)
  open.push(server)
  return await look(server.rootUrl, timeoutMs)
}

it.each([
  ['serves', {}],
  ['wants a key', { apiKey: 'another' }],
  ['is loading and says so', { loadingMs: 60_000, loadingMode: '503' as const }],
])('finds an engine that %s', async (_, scenario) => {
  const stub = await startStubEngine({ scenario })
  open.push(stub)
  expect(await look(stub.url)).toBe(true)
})

it('finds none where nobody listens', async () => {
  const server = await serve(() => {})
  await server.close()
  expect(await look(server.rootUrl)).toBe(false)
})

it.each<[string, RequestListener]>([
  ['knows no such pages', (_, response) => void response.writeHead(404).end('<h1>no</h1>')],
  [
    'answers everything with its page',
    (_, response) => void response.setHeader('content-type', 'text/html').end('<h1>hello</h1>'),
  ],
  ['sends elsewhere', (_, response) => void response.writeHead(302, { location: '/login' }).end()],
])('takes a program that %s for none', async (_, listener) => {
  expect(await lookAt(listener)).toBe(false)
})

it('does not wait for one that says nothing', async () => {
  expect(await lookAt(() => {}, 100)).toBe(false)
})
