import { type App, startApp } from '../e2e/start-app.ts'
import type { ScenarioPatch } from '../e2e/stub/scenario.ts'
import { type Client, createClient, type Target } from './stream-client.ts'
import { type StubProcess, startStubProcess } from './stub-process.ts'

export type Usage = {
  cpuMicroseconds: number
  rssBytes: number
  activeRuns: number
  nodeVersion: string
}

/** An engine, the built app on it, and a client of both: three processes, all on 127.0.0.1. */
export type Setting = {
  stub: StubProcess
  app: App
  client: Client
  /** What the app sends to the engine for a first question. */
  engineBody: Record<string, unknown>
  targets: Record<Target['name'], Target>
  readUsage: () => Promise<Usage>
  dispose: () => Promise<void>
}

/** Room for every stream of a bench and for its prompts. */
const ROOMY: ScenarioPatch = {
  maxNumSeqs: 1024,
  maxModelLen: 262_144,
  kvCacheTokens: 4_000_000,
  startLog: 'none',
  logRequests: false,
  statsIntervalMs: 0,
}

export async function openSetting(options: {
  scenario: ScenarioPatch
  env?: Record<string, string>
}): Promise<Setting> {
  const stub = await startStubProcess({ ...ROOMY, ...options.scenario })
  const app = await startApp({
    engineUrl: `${stub.url}/v1`,
    env: { LOG_LEVEL: 'warn', BENCH_ROUTES: 'true', ...options.env },
  })
  await app.untilReady()
  const targets = {
    direct: { name: 'direct', url: `${stub.url}/v1/chat/completions` },
    passthrough: { name: 'passthrough', url: `${app.url}/api/bench/passthrough` },
    app: { name: 'app', url: `${app.url}/api/chat` },
  } as const
  const engineBody = await learnBody({ stub, app: targets.app })
  const client = createClient(engineBody)
  return {
    stub,
    app,
    client,
    engineBody,
    targets,
    async readUsage() {
      const response = await fetch(`${app.url}/api/bench/usage`)
      if (!response.ok) throw new Error(`/api/bench/usage answered ${response.status}`)
      return await response.json()
    },
    async dispose() {
      client.close()
      await app.dispose()
      await stub.stop()
    },
  }
}

/** What the app sends for a first question, so that all targets ask the engine for the same. */
async function learnBody(options: {
  stub: StubProcess
  app: Target
}): Promise<Record<string, unknown>> {
  const client = createClient({})
  await client.open({ target: options.app, question: 'What is this?' }).ended
  client.close()
  const requests = await options.stub.requests()
  const body: Record<string, unknown> = JSON.parse(requests.at(-1)?.body ?? '{}')
  if (body.stream !== true) throw new Error('The app sent no streaming request to the engine.')
  return body
}
