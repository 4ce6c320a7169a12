import { setTimeout as sleep } from 'node:timers/promises'
import { type ChaosProxy, startChaosProxy } from '../chaos/start-chaos-proxy.ts'
import type { ToxicSet } from '../chaos/toxics.ts'
import { type App, startApp } from '../start-app.ts'
import type { RecordedRequest } from '../stub/recorder.ts'
import type { ScenarioPatch } from '../stub/scenario.ts'
import { type StubEngine, startStubEngine } from '../stub/start-stub-engine.ts'
import { type ChatClient, createChatClient } from './chat-client.ts'
import { findUnhandled, type LogLine, readLog, readPid } from './inspect-server.ts'
import { readMessages } from './read-database.ts'

/** The built server on a scripted engine, and its user. */
export type System = {
  app: App
  stub: StubEngine
  /** Between the server and the engine; only where it was asked for. */
  proxy: ChaosProxy | undefined
  client: ChatClient
  pid: () => number
  log: () => LogLine[]
  /** The one generation of a run, as the engine recorded it. */
  generation: (runId: string) => RecordedRequest | undefined
  /** What must never hold once nothing runs; empty when all is well. */
  findViolations: () => Promise<string[]>
  dispose: () => Promise<void>
}

export type SystemOptions = {
  env?: Record<string, string>
  scenario?: ScenarioPatch
  /** Sets a proxy between server and engine, with these to begin with. */
  toxics?: ToxicSet
  /** Does not wait for the gate to open. */
  isShut?: boolean
}

/** Resolves with the first value that is not undefined. @throws at the deadline, with `what` */
export async function until<Value>(options: {
  what: string
  read: () => Value | undefined | Promise<Value | undefined>
  timeoutMs?: number
  everyMs?: number
}): Promise<Value> {
  const { what, read, timeoutMs = 10_000, everyMs = 20 } = options
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const value = await read()
    if (value !== undefined) return value
    if (performance.now() > deadline) throw new Error(`${what}: not within ${timeoutMs} ms`)
    await sleep(everyMs)
  }
}

async function findViolations({ app, stub }: Pick<System, 'app' | 'stub'>): Promise<string[]> {
  const found: string[] = []
  const idle = { inFlight: 0, running: 0, waiting: 0 }
  await stub.control
    .waitForStatus({ is: idle, timeoutMs: 5000 })
    .catch((error: Error) => found.push(`the engine is still at work: ${error.message}`))
  const messages = readMessages({ dataDir: app.dataDir })
  for (const { runId, status } of messages) {
    if (status === 'streaming') found.push(`run ${runId} has no end`)
  }
  const positions = Map.groupBy(messages, ({ threadId }) => threadId)
  for (const [threadId, rows] of positions) {
    const isWhole = rows.every(({ position }, index) => position === index + 1)
    if (!isWhole) found.push(`thread ${threadId} has a gap in its positions`)
  }
  const unhandled = findUnhandled(app.output()).length
  if (unhandled > 0) found.push(`${unhandled} rejections that nobody handled`)
  return found
}

export async function startSystem(options: SystemOptions = {}): Promise<System> {
  const { env, scenario, toxics, isShut = false } = options
  const stub = await startStubEngine(scenario === undefined ? {} : { scenario })
  const proxy =
    toxics === undefined
      ? undefined
      : await startChaosProxy({ target: { port: stub.port }, toxics })
  const engineUrl = `${proxy?.url ?? stub.url}/v1`
  const app = await startApp({ engineUrl, ...(env === undefined ? {} : { env }) })
  if (!isShut) await app.untilReady()
  return {
    app,
    stub,
    proxy,
    client: createChatClient(app.url),
    pid: () => readPid(app.dataDir),
    log: () => readLog(app.output()),
    generation: (runId) => stub.control.requests().find((record) => record.requestId === runId),
    findViolations: () => findViolations({ app, stub }),
    dispose: async () => {
      await app.dispose()
      await proxy?.close()
      await stub.close()
    },
  }
}
