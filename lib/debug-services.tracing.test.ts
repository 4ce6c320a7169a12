import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startStubEngine } from '@/e2e/stub/start-stub-engine'
import { parseEnv } from './config/env'
import { createServices } from './services'

type Exported = {
  resourceSpans: { scopeSpans: { spans: { traceId: string; spanId: string; name: string }[] }[] }[]
}

it('sends a reply to the collector as a trace, whose context the engine got with the request', async () => {
  const bodies: Exported[] = []
  const collector = createServer(async (request, response) => {
    let body = ''
    for await (const piece of request) body += piece
    bodies.push(JSON.parse(body))
    response.end('{}')
  }).listen(0, '127.0.0.1')
  await once(collector, 'listening')
  const dataDir = mkdtempSync(join(tmpdir(), 'tracing-'))
  const stub = await startStubEngine({ scenario: { tokens: ['a', 'b'] } })
  const silent = () => undefined
  const services = await createServices({
    env: parseEnv({
      DATA_DIR: dataDir,
      OPENAI_BASE_URL: stub.url,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
    }),
    logger: { debug: silent, info: silent, warn: silent, error: silent },
  })
  while (!services.monitor.current().canSend) await new Promise((done) => setTimeout(done, 10))
  const runId = crypto.randomUUID()
  await services.runs.start({
    threadId: crypto.randomUUID(),
    parentId: null,
    runId,
    message: { id: crypto.randomUUID(), text: 'Hi' },
  })
  const { signal } = new AbortController()
  for await (const _ of services.runs.follow({ runId, after: 0, signal }));
  await services.close({ graceMs: 1000 })

  const spans = bodies.flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
  )
  const call = spans.find(({ name }) => name.startsWith('chat '))
  expect(spans.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['overhead', 'queue', 'prefill', 'decode']),
  )
  const sent = stub.control
    .requests({ path: '/v1/chat/completions' })
    .find(({ requestId }) => requestId === runId)
  expect(call?.traceId).toBe(runId.replaceAll('-', ''))
  expect(sent?.headers.traceparent).toBe(`00-${call?.traceId}-${call?.spanId}-01`)
  await stub.close()
  collector.closeAllConnections()
  collector.close()
  rmSync(dataDir, { recursive: true })
})
