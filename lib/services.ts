import { createLedger } from './chat/create-ledger'
import { createRunRegistry, type RunRegistry } from './chat/create-run-registry'
import { loadLiveThread } from './chat/load-live-thread'
import type { Env } from './config/env'
import { readSystemPrompt } from './config/read-system-prompt'
import { createChangeLog } from './db/change-log'
import { connect } from './db/connect'
import { createStore, type Store } from './db/create-store'
import { createTraceStore, type TraceStore } from './db/create-trace-store'
import { lockDataDir } from './db/lock-data-dir'
import { createDebugServices, type DebugServices } from './debug-services'
import { AppError } from './domain/error'
import { openEngine } from './open-engine'
import { SYSTEM_PROMPT } from './prompt/system-prompt'
import { createEngineSamples } from './readiness/create-engine-samples'
import { createReadinessMonitor } from './readiness/create-readiness-monitor'
import type { ReadinessMonitor } from './readiness/readiness-monitor'
import type { ServiceLogger } from './service-logger'

/** Everything a route, a page or a command needs, wired once. */
export type Services = {
  env: Env
  logger: ServiceLogger
  store: Store
  monitor: ReadinessMonitor
  runs: RunRegistry
  /** As it stands at this moment: a reply that is being written carries its live text. */
  loadThread: Store['loadThread']
  loadThreadThrough: Store['loadThreadThrough']
  debug: DebugServices
  /** Lets runs end within the grace, stores the rest as interrupted, and lets go of everything. */
  close(options: { graceMs: number }): Promise<void>
}

const UNUSABLE_ENGINE = {
  streamCompletion() {
    throw new AppError('engine_not_ready', { details: { phase: 'invalid-url' } })
  },
  readMetrics: async () => undefined,
  async tokenize() {
    throw new AppError('engine_not_ready', { details: { phase: 'invalid-url' } })
  },
}

/**
 * Settings → lock → store → engine (where none is found, the local one) → monitor → runs. What a
 * crash cut is closed, and the monitor polls.
 * @throws {EnvError} {DataDirLockedError} {AppError} storage_failed
 */
export async function createServices(options: {
  env: Env
  logger: ServiceLogger
}): Promise<Services> {
  const { env, logger } = options
  const { systemPromptFile } = env
  const systemPrompt =
    systemPromptFile === undefined ? SYSTEM_PROMPT : readSystemPrompt(systemPromptFile)
  const lock = await lockDataDir(env.dataDir)
  const { store, traces } = await openStores(env, logger).catch((error) => {
    lock.release()
    throw error
  })
  const ledger = createLedger({ store: traces, logger })
  const opened = await openEngine({ env, logger, onLook: ledger.enterLook }).catch(
    async (error) => {
      await store.close()
      lock.release()
      throw error
    },
  )
  const { engine } = opened
  const samples = createEngineSamples()
  const monitor = createReadinessMonitor({
    ...opened.watch,
    engine,
    systemPrompt,
    settings: store,
    log: logger,
    isWarmUpEnabled: env.isWarmUpEnabled,
    isDemo: env.isDemo,
    onUpstreamCall: (call) => debug.noteCall(call),
    onMetrics: samples.add,
  })
  const { engineUrl } = opened.watch
  const debug = createDebugServices({
    ...{ env, logger, traces, samples, ledger, systemPrompt, monitor },
    engine: engine ?? UNUSABLE_ENGINE,
    baseUrl: engineUrl.isValid ? engineUrl.baseUrl : 'http://invalid.invalid/v1',
    activeRuns: () => runs.activeCount(),
  })
  const runs = createRunRegistry({
    store,
    engine: engine ?? UNUSABLE_ENGINE,
    monitor,
    systemPrompt,
    logger,
    observer: debug.observer,
    toTraceparent: debug.toTraceparent,
  })
  monitor.start()
  return {
    ...{ env, logger, store, monitor, runs, debug },
    loadThread: (threadId) =>
      loadLiveThread({ threadId, loadThread: store.loadThread, snapshot: runs.snapshot }),
    loadThreadThrough: (through) =>
      loadLiveThread({
        threadId: through.threadId,
        loadThread: () => store.loadThreadThrough(through),
        snapshot: runs.snapshot,
      }),
    async close(limits) {
      await runs.drain(limits)
      await debug.close()
      await monitor.stop()
      await opened.close()
      await store.close()
      lock.release()
    },
  }
}

async function openStores(
  env: Env,
  logger: ServiceLogger,
): Promise<{ store: Store; traces: TraceStore }> {
  const db = await connect(env.databaseFile)
  const changes = createChangeLog()
  const store = createStore({ db, changes })
  const interrupted = await store.sweepInterrupted()
  if (interrupted > 0) logger.warn({ interrupted }, 'replies that a crash cut were closed')
  return { store, traces: createTraceStore({ db, changes }) }
}
