import { createControl, type StubControl } from './control.ts'
import { startControlServer } from './control-server.ts'
import { createEngineCore } from './engine-core.ts'
import { createEngineLog } from './engine-log.ts'
import { createEngineProcess, type EngineProcess } from './engine-process.ts'
import { createHttpMetrics } from './http-metrics.ts'
import { createListener } from './listener.ts'
import type { Stub } from './live-request.ts'
import { parseScenarioPatch } from './parse-scenario.ts'
import { createRecorder } from './recorder.ts'
import { createRequestHandler } from './request-handler.ts'
import type { ScenarioPatch } from './scenario.ts'
import { createScenarioBook } from './scenario-book.ts'

export type StubEngineOptions = {
  /** 0 or absent = a free one. */
  port?: number
  controlPort?: number
  /** The engine's log is appended to this file. */
  logFile?: string
  scenario?: ScenarioPatch
}

export type StubEngine = {
  /** Without `/v1`. */
  url: string
  controlUrl: string
  port: number
  controlPort: number
  control: StubControl
  close: () => Promise<void>
}

/**
 * Starts the scripted engine on 127.0.0.1. With `loadingMs` 0 it resolves when the engine is ready,
 * else at once: the port may still refuse.
 * @throws {ScenarioError} for a scenario with unknown keys or wrong values
 */
export async function startStubEngine(options: StubEngineOptions = {}): Promise<StubEngine> {
  const book = createScenarioBook(parseScenarioPatch(options.scenario ?? {}))
  const recorder = createRecorder()
  const stub: Stub = {
    book,
    core: createEngineCore({ engine: book.engine, onChange: recorder.changed }),
    log: createEngineLog({ file: options.logFile }),
    recorder,
    live: new Set(),
  }
  const http = createHttpMetrics()
  // The handler needs the process and the process the port: each call comes after both are there.
  let engine: EngineProcess | undefined
  const handle = createRequestHandler({
    stub,
    http,
    phase: () => {
      const phase = engine?.phase() ?? 'loading'
      return phase === 'down' ? 'dead' : phase
    },
    startedAtSeconds: () => engine?.startedAtSeconds() ?? 0,
    onDeathTold: () => engine?.deathTold(),
  })
  const listener = await createListener({ port: options.port ?? 0, handle })
  const running = createEngineProcess({ stub, listener })
  engine = running
  await running.restart()
  const control = createControl({ stub, http, process: running })
  const server = await startControlServer({ port: options.controlPort ?? 0, control })
  return {
    url: `http://127.0.0.1:${listener.port()}`,
    controlUrl: `http://127.0.0.1:${server.port}`,
    port: listener.port(),
    controlPort: server.port,
    control,
    close: async () => {
      await running.stop()
      await server.close()
    },
  }
}
