import { basename, resolve } from 'node:path'
import type { Env } from './config/env'
import { isLoopbackHost } from './config/is-loopback-host'
import type { EngineLook } from './engine/count-looks'
import { createEngine } from './engine/create-engine'
import type { Engine } from './engine/engine'
import { isEngineThere } from './engine/is-engine-there'
import { createLocalEngine, type LocalEngine } from './local-engine/create-local-engine'
import type { LocalEngineStatus } from './local-engine/local-engine-status'
import { toStartFailure, toStartProgress } from './local-engine/to-start-progress'
import { type EngineFolder, isLauncherAlive, toEngineFolder } from './process/engine-folder'
import type { ReadinessMonitorOptions } from './readiness/create-readiness-monitor'

const SEARCH_MS = 1000
const DEFAULT_MODEL_NAME = 'SmolLM2-135M'

type Logger = Record<
  'debug' | 'info' | 'warn',
  (fields: Record<string, unknown>, message: string) => void
>

export type OpenEngineOptions = {
  env: Env
  logger: Logger
  /** The program of the local engine; by default the one in the folder of the app, where it is started. */
  localEntryFile?: string
  onLook?: (look: EngineLook) => void
}

export type OpenEngine = {
  /** Absent when the address cannot be used. */
  engine: Engine | undefined
  /** What the monitor has to know of it. */
  watch: Pick<
    ReadinessMonitorOptions,
    'engineUrl' | 'apiKey' | 'wantedModel' | 'logFile' | 'isLogExpected' | 'localStart'
  >
  /** Resolves when its connections are closed and, of the local one, no process is left. */
  close(): Promise<void>
}

/**
 * The engine that the settings name; with none named a vLLM where one usually is, and where none
 * answers the local engine. That one's address is known at once: its install, its download and its
 * load are for the gate to wait for.
 */
export async function openEngine(options: OpenEngineOptions): Promise<OpenEngine> {
  const { env } = options
  const { engineUrl, apiKey, model } = env
  const key = apiKey === undefined ? {} : { apiKey }
  const look = options.onLook === undefined ? {} : { onLook: options.onLook }
  if (!env.isEngineUrlSet && engineUrl.isValid) {
    const isThere =
      isBeingLaunched(env) || (await isEngineThere({ ...engineUrl, ...key, timeoutMs: SEARCH_MS }))
    if (!isThere) return await openLocalEngine(options)
  }
  const engine = engineUrl.isValid
    ? createEngine({ baseUrl: engineUrl.baseUrl, ...key, ...look })
    : undefined
  return {
    engine,
    watch: {
      engineUrl,
      ...key,
      ...(model === undefined ? {} : { wantedModel: model }),
      ...chooseLog(env),
    },
    close: async () => engine?.close(),
  }
}

/** The folder of the launcher for the engine of the settings, where that one is on this machine. */
function findEngineFolder({ engineUrl, dataDir }: Env): EngineFolder | undefined {
  if (!engineUrl.isValid) return undefined
  const { hostname, port, protocol } = new URL(engineUrl.baseUrl)
  if (protocol !== 'http:' || !isLoopbackHost(hostname)) return undefined
  return toEngineFolder({ dataDir, port: port === '' ? 80 : Number(port) })
}

/** vLLM opens its port when it has loaded: until then only its launcher tells that it comes. */
function isBeingLaunched(env: Env): boolean {
  const folder = findEngineFolder(env)
  return folder !== undefined && isLauncherAlive(folder)
}

function chooseLog(env: Env): Pick<ReadinessMonitorOptions, 'logFile' | 'isLogExpected'> {
  if (env.engineLogFile !== undefined) return { logFile: env.engineLogFile }
  const folder = findEngineFolder(env)
  return folder === undefined ? {} : { logFile: folder.logFile, isLogExpected: false }
}

/** MODEL, OPENAI_API_KEY and ENGINE_LOG_FILE are about a vLLM and do not count for it. */
async function openLocalEngine(options: OpenEngineOptions): Promise<OpenEngine> {
  const { env, logger, localEntryFile = resolve('local-engine', 'main.ts'), onLook } = options
  const { localModel } = env
  const local = createLocalEngine({
    dataDir: env.dataDir,
    entryFile: localEntryFile,
    nodePath: process.execPath,
    ...(localModel === undefined ? {} : { modelPath: localModel }),
    log: (line) => logger.debug({ line }, 'the local engine says'),
    onStatus: createStatusLog(logger),
    onExit: ({ failure, restartInMs }) =>
      logger.warn({ ...failure, restartInMs }, 'the local engine ended'),
  })
  const { baseUrl } = await local.start()
  logger.info({ baseUrl, searched: env.engineUrl }, 'no engine was found: the local one is started')
  const engine = createEngine({ baseUrl, ...(onLook === undefined ? {} : { onLook }) })
  const modelName = localModel === undefined ? DEFAULT_MODEL_NAME : toModelName(localModel)
  return {
    engine,
    watch: {
      engineUrl: { isValid: true, baseUrl },
      localStart: { modelName, look: () => lookAt(local) },
    },
    async close() {
      await engine.close()
      await local.stop()
    },
  }
}

function lookAt(local: LocalEngine) {
  const moment = { status: local.status(), nowMs: Date.now() }
  return {
    state: moment.status.state,
    progress: toStartProgress(moment),
    failure: toStartFailure(moment),
  }
}

/** A line for each step, and none for each megabyte. */
function createStatusLog(logger: Logger): (status: LocalEngineStatus) => void {
  let told = ''
  return ({ state, stage, facts }) => {
    if (told === `${state} ${stage}`) return
    told = `${state} ${stage}`
    logger.info({ state, stage, facts }, 'the local engine')
  }
}

function toModelName(path: string): string {
  return basename(path).replace(/\.gguf$/i, '')
}
