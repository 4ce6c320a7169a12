import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { TraceSpan } from '@/lib/domain/trace-span'
import { createOtlpExporter } from './create-otlp-exporter'

type Seen = { url: string; headers: NodeJS.Dict<string | string[]>; body: unknown }

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
  server = undefined
})

async function collect({ status = 200 } = {}) {
  const seen: Seen[] = []
  server = createServer(async (request, response) => {
    let body = ''
    for await (const piece of request) body += piece
    seen.push({ url: request.url ?? '', headers: request.headers, body: JSON.parse(body) })
    response.writeHead(status).end('{}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { seen, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

const warned: string[] = []
const open = (endpoint: string) =>
  createOtlpExporter({
    endpoint,
    headers: { authorization: 'Bearer t' },
    serviceName: 'first-token',
    version: '0.1.0',
    warn: (_, message) => void warned.push(message),
  })

const span = (more: Partial<TraceSpan> = {}): TraceSpan => ({
  traceId: 'a'.repeat(32),
  spanId: 'b'.repeat(16),
  name: 'chat m',
  kind: 'client',
  startMs: 1_795_454_332_320.25,
  endMs: 1_795_454_332_820.5,
  attributes: { text: 't', whole: 5, share: 0.5, isOn: true, list: ['x', 'y'] },
  ...more,
})

describe('createOtlpExporter', () => {
  it('posts spans as OTLP has them in JSON', async () => {
    const { seen, endpoint } = await collect()
    const exporter = open(`${endpoint}/`)
    exporter.export([
      span(),
      span({
        spanId: 'c'.repeat(16),
        parentSpanId: 'b'.repeat(16),
        kind: 'internal',
        errorCode: 'engine_died',
        attributes: {},
      }),
    ])
    await exporter.close()
    expect(seen).toHaveLength(1)
    expect(seen[0]).toMatchObject({
      url: '/v1/traces',
      headers: { 'content-type': 'application/json', authorization: 'Bearer t' },
    })
    expect(seen[0]?.body).toEqual({
      resourceSpans: [
        {
          resource: {
            attributes: [
              { key: 'service.name', value: { stringValue: 'first-token' } },
              { key: 'service.version', value: { stringValue: '0.1.0' } },
            ],
          },
          scopeSpans: [
            {
              scope: { name: 'first-token', version: '0.1.0' },
              spans: [
                {
                  traceId: 'a'.repeat(32),
                  spanId: 'b'.repeat(16),
                  name: 'chat m',
                  kind: 3,
                  startTimeUnixNano: '1795454332320250000',
                  endTimeUnixNano: '1795454332820500000',
                  attributes: [
                    { key: 'text', value: { stringValue: 't' } },
                    { key: 'whole', value: { intValue: '5' } },
                    { key: 'share', value: { doubleValue: 0.5 } },
                    { key: 'isOn', value: { boolValue: true } },
                    {
                      key: 'list',
                      value: {
                        arrayValue: { values: [{ stringValue: 'x' }, { stringValue: 'y' }] },
                      },
                    },
                  ],
                  status: { code: 1 },
                },
                expect.objectContaining({
                  parentSpanId: 'b'.repeat(16),
                  kind: 1,
                  status: { code: 2, message: 'engine_died' },
                }),
              ],
            },
          ],
        },
      ],
    })
  })

  it('sends many in batches, keeps the newest, and nothing when there is nothing', async () => {
    const { seen, endpoint } = await collect()
    const exporter = open(endpoint)
    await exporter.close()
    exporter.export(Array.from({ length: 3000 }, (_, n) => span({ name: String(n) })))
    await exporter.close()
    expect(seen).toHaveLength(8)
    expect(JSON.stringify(seen.at(-1)?.body)).toContain('"name":"2999"')
    expect(JSON.stringify(seen[0]?.body)).not.toContain('"name":"951"')
  })

  it('warns once of a collector that refuses or is away, and never throws', async () => {
    warned.length = 0
    const { endpoint } = await collect({ status: 503 })
    const exporter = open(endpoint)
    for (let round = 0; round < 3; round += 1) {
      exporter.export([span()])
      await exporter.close()
    }
    const gone = open('http://127.0.0.1:1')
    gone.export([span()])
    await gone.close()
    expect(warned).toEqual(['traces could not be exported', 'traces could not be exported'])
  })
})
