import { createRunRegistry, type RunRegistry } from './chat/create-run-registry'
import { loadLiveThread } from './chat/load-live-thread'
import type { Env } from './config/env'
import { readSystemPrompt } from './config/read-system-prompt'
import { connect } from './db/connect'
import { createStore, type Store } from './db/create-store'
import { lockDataDir } from './db/lock-data-dir'
import { AppError } from './domain/error'
import { createEngine } from './engine/create-engine'
import { SYSTEM_PROMPT } from './prompt/system-prompt'
import { createReadinessMonitor } from './readiness/create-readiness-monitor'
import type { ReadinessMonitor } from './readiness/readiness-monitor'

export type ServiceLogger = Record<
  'debug' | 'info' | 'warn' | 'error',
  (fields: Record<string, unknown>, message: string) => void
>

/** Everything a route, a page or a command needs, wired once. */
export type Services = {
  env: Env
  logger: ServiceLogger
  store: Store
  monitor: ReadinessMonitor
  runs: RunRegistry
  /** As it stands at this moment: a reply that is being written carries its live text. */
  loadThread: Store['loadThread']
  /** Lets runs end within the grace, stores the rest as interrupted, and lets go of everything. */
  close(options: { graceMs: number }): Promise<void>
}

const UNUSABLE_ENGINE = {
  streamCompletion() {
    throw new AppError('engine_not_ready', { details: { phase: 'invalid-url' } })
  },
  readMetrics: async () => undefined,
}

/**
 * Settings → lock → store → engine → monitor → runs. What a crash cut is closed, and the monitor polls.
 * @throws {EnvError} {DataDirLockedError} {AppError} storage_failed
 */
export async function createServices(options: {
  env: Env
  logger: ServiceLogger
}): Promise<Services> {
  const { env, logger } = options
  const { engineUrl, apiKey, model, engineLogFile, systemPromptFile } = env
  const systemPrompt =
    systemPromptFile === undefined ? SYSTEM_PROMPT : readSystemPrompt(systemPromptFile)
  const lock = await lockDataDir(env.dataDir)
  const store = await openStore(env, logger).catch((error) => {
    lock.release()
    throw error
  })
  const key = apiKey === undefined ? {} : { apiKey }
  const engine = engineUrl.isValid
    ? createEngine({ baseUrl: engineUrl.baseUrl, ...key })
    : undefined
  const monitor = createReadinessMonitor({
    engine,
    engineUrl,
    systemPrompt,
    settings: store,
    log: logger,
    isWarmUpEnabled: env.isWarmUpEnabled,
    isDemo: env.isDemo,
    ...key,
    ...(model === undefined ? {} : { wantedModel: model }),
    ...(engineLogFile === undefined ? {} : { logFile: engineLogFile }),
    onUpstreamCall: (call) => logger.debug(call, 'a call to the engine that no question asked for'),
  })
  const runs = createRunRegistry({
    store,
    engine: engine ?? UNUSABLE_ENGINE,
    monitor,
    systemPrompt,
    logger,
  })
  monitor.start()
  return {
    ...{ env, logger, store, monitor, runs },
    loadThread: (threadId) =>
      loadLiveThread({ threadId, loadThread: store.loadThread, snapshot: runs.snapshot }),
    async close(limits) {
      await runs.drain(limits)
      await monitor.stop()
      await engine?.close()
      await store.close()
      lock.release()
    },
  }
}

async function openStore(env: Env, logger: ServiceLogger): Promise<Store> {
  const store = createStore({ db: await connect(env.databaseFile) })
  const interrupted = await store.sweepInterrupted()
  if (interrupted > 0) logger.warn({ interrupted }, 'replies that a crash cut were closed')
  return store
}
