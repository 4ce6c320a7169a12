import { createServer, type RequestListener, type Server } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Phase } from '@/lib/domain/readiness'
import { serve } from '@/lib/engine/__fixtures__/serve'
import { createEngineAgent, createEngineFetch, createEngineHttp } from '@/lib/engine/engine-http'
import { probeEngine } from '@/lib/engine/probe-engine'
import { tokenizeMessages } from '@/lib/engine/tokenize'
import { createReadinessMonitor } from './create-readiness-monitor'
import type { UpstreamCall, WatchedEngine } from './engine-watch'

const agent = createEngineAgent()
let port: number
let server: Server | undefined
let health: number
let processStart: number
let asked: string[]
let calls: UpstreamCall[]
let warnings: string[]
let onCall: () => void
let onPhase: (phase: Phase) => void
let monitor: ReturnType<typeof createReadinessMonitor>

const answer: RequestListener = (request, response) => {
  const url = request.url ?? ''
  asked.push(url)
  const json = (body: unknown) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  if (url === '/health') return response.writeHead(health).end()
  if (url === '/v1/models') return json({ data: [{ id: 'chat', max_model_len: 4096 }] })
  if (url === '/version') return json({ version: '0.32.0' })
  if (url === '/tokenize') return json({ count: 201, max_model_len: 4096, tokens: [1] })
  if (url === '/v1/chat/completions') return json({ choices: [] })
  if (url === '/metrics') {
    return response
      .writeHead(200, { 'content-type': 'text/plain' })
      .end(
        `process_start_time_seconds ${processStart}\nvllm:num_requests_running 0\nvllm:num_requests_waiting 0\n`,
      )
  }
  return response.writeHead(404).end()
}

async function listen() {
  server = createServer(answer)
  await new Promise<void>((resolve) => server?.listen(port, '127.0.0.1', resolve))
}

async function hangUp() {
  const closing = new Promise<void>((resolve) => server?.close(() => resolve()))
  server?.closeAllConnections()
  await closing
  server = undefined
}

const untilPhase = (wanted: Phase) =>
  new Promise<void>((resolve) => {
    const check = (phase: Phase) => {
      if (phase === wanted) resolve()
    }
    onPhase = check
    check(monitor.current().phase)
  })

/** The one after the warm-up, which is the last that a new engine gets. */
const untilTokenized = (count: number) =>
  new Promise<void>((resolve) => {
    onCall = () => {
      if (calls.filter(({ kind }) => kind === 'tokenize').length === count) resolve()
    }
    onCall()
  })

function createEngine(baseUrl: string): WatchedEngine {
  const http = createEngineHttp({ baseUrl, fetch: createEngineFetch(agent) })
  return {
    probe: (options) => probeEngine({ http, ...options }),
    tokenize: (options) => tokenizeMessages({ http, ...options }),
    async completeOneToken({ model, messages, ...limits }) {
      const body = { model, messages, max_tokens: 1 }
      const target = { path: '/chat/completions', base: 'v1', method: 'POST' } as const
      await http.request({ ...target, body, accept: 'json', ...limits })
      return undefined
    },
  }
}

beforeEach(async () => {
  const placeholder = await serve(() => {})
  port = Number(new URL(placeholder.rootUrl).port)
  await placeholder.close()
  health = 200
  processStart = 1_800_000_000
  asked = []
  calls = []
  warnings = []
  onCall = () => {}
  onPhase = () => {}
  const baseUrl = `http://127.0.0.1:${port}/v1`
  monitor = createReadinessMonitor({
    engine: createEngine(baseUrl),
    engineUrl: { isValid: true, baseUrl },
    systemPrompt: 'S',
    settings: { loadSetting: async () => undefined, saveSetting: async () => {} },
    log: {
      info: (fields) => onPhase(fields.phase as Phase),
      warn: (_, message) => warnings.push(message),
    },
    // A hundred times as quick as in life.
    sleep: (ms, signal) => delay(ms / 100, undefined, { signal }),
    onUpstreamCall: (call) => {
      calls.push(call)
      onCall()
    },
  })
})
afterEach(async () => {
  await monitor.stop()
  if (server !== undefined) await hangUp()
  await agent.close()
})

it('sees a real server refuse, serve, die, go and come back, with no restart of its own', async () => {
  const seen: Phase[] = []
  const reach = async (phase: Phase) => {
    await untilPhase(phase)
    seen.push(monitor.current().phase)
  }
  monitor.start()
  await reach('unreachable')
  await listen()
  await reach('ready')
  await untilTokenized(1)
  expect(monitor.requireModel()).toBe('chat')
  expect(monitor.current()).toMatchObject({ engineVersion: '0.32.0', model: { maxModelLen: 4096 } })
  health = 503
  await reach('dead')
  expect(() => monitor.requireModel()).toThrow('engine_not_ready')
  await hangUp()
  await reach('unreachable')
  health = 200
  processStart += 60
  await listen()
  await reach('ready')
  await untilTokenized(2)
  expect(seen).toEqual(['unreachable', 'ready', 'dead', 'unreachable', 'ready'])
  expect(asked.filter((url) => url === '/v1/chat/completions')).toHaveLength(2)
  expect(calls.map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual([
    'warm-up ok',
    'tokenize ok',
    'warm-up ok',
    'tokenize ok',
  ])
  expect(warnings).toEqual([])
})
