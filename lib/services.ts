import type { BatchRegistry } from './batch/create-batch-registry'
import { createBatchServices } from './batch-services'
import { createLedger } from './chat/create-ledger'
import { createRunRegistry, type RunRegistry } from './chat/create-run-registry'
import { createLiveLoaders } from './chat/load-live-thread'
import { combineObservers } from './chat/run-observer'
import type { Env } from './config/env'
import { readSystemPrompt } from './config/read-system-prompt'
import { isPostgresUrl } from './db/connect'
import type { Store } from './db/create-store'
import { holdDatabase } from './db/hold-database'
import { lockDataDir } from './db/lock-data-dir'
import { createDebugServices, type DebugServices } from './debug-services'
import { AppError } from './domain/error'
import { openEngine } from './open-engine'
import { openStores } from './open-stores'
import { SYSTEM_PROMPT } from './prompt/system-prompt'
import { createEngineSamples } from './readiness/create-engine-samples'
import { createReadinessMonitor } from './readiness/create-readiness-monitor'
import type { ReadinessMonitor } from './readiness/readiness-monitor'
import type { ServiceLogger } from './service-logger'
import { createThreadServices } from './thread-services'
import type { ThreadEvents } from './threads/create-thread-events'
import type { Threads } from './threads/create-threads'
import type { ThreadMover } from './threads/move-threads'
import { createTipsServices, type TipsServices } from './tips-services'

/** Everything a route, a page or a command needs, wired once. */
export type Services = {
  env: Env
  logger: ServiceLogger
  store: Store
  monitor: ReadinessMonitor
  runs: RunRegistry
  threads: Threads
  threadMover: ThreadMover
  threadEvents: Pick<ThreadEvents, 'subscribe'>
  /** As it stands at this moment: a reply that is being written carries its live text. */
  loadThread: Store['loadThread']
  loadThreadThrough: Store['loadThreadThrough']
  loadThreadPage: Store['loadThreadPage']
  debug: DebugServices
  batches: BatchRegistry
  tips: TipsServices
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
 * @throws {EnvError} {DataDirLockedError} {DatabaseInUseError} {DatabaseTooNewError}
 *   {AppError} storage_failed
 */
export async function createServices(options: {
  env: Env
  logger: ServiceLogger
}): Promise<Services> {
  const { env, logger } = options
  const systemPrompt =
    env.systemPromptFile === undefined ? SYSTEM_PROMPT : readSystemPrompt(env.systemPromptFile)
  const data = await openData({ env, logger })
  const { store, traces, keeper, isTemporary } = data
  const ledger = createLedger({ store: traces, logger })
  const opened = await openEngine({ env, logger, onLook: ledger.enterLook }).catch(
    async (error) => {
      await data.close()
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
  const threads = createThreadServices({
    ...{ keeper, isTemporary, logger, retentionMs: env.retentionMs },
    stopRun: (runId) => runs.stop(runId),
  })
  const shared = { env, logger, monitor, ledger: debug.ledger, engine: engine ?? UNUSABLE_ENGINE }
  const isChatWaiting = () => runs.waitingCount() > 0
  const batches = createBatchServices({ ...shared, systemPrompt, isChatWaiting })
  const activeChats = () => runs.activeCount()
  const tips = createTipsServices({ ...shared, samples, traces, activeChats })
  const runs = createRunRegistry({
    ...shared,
    ...{ store, systemPrompt },
    observer: combineObservers({
      observers: [batches.observer, debug.observer, threads.observer],
      onError: (error) => logger.error({ err: error }, 'an observer of the runs failed'),
    }),
    toTraceparent: debug.toTraceparent,
  })
  monitor.start()
  await batches.registry.open()
  return {
    ...{ env, logger, store, monitor, runs, debug, tips, batches: batches.registry },
    ...threads.services,
    ...createLiveLoaders({ store, snapshot: runs.snapshot }),
    async close(limits) {
      await Promise.all([batches.registry.close(), tips.close()])
      await runs.drain(limits)
      await threads.close()
      await debug.close()
      await monitor.stop()
      await opened.close()
      await data.close()
    },
  }
}

/** The stores, of a folder and a database that no other process serves. */
async function openData({ env, logger }: { env: Env; logger: ServiceLogger }) {
  const releases: (() => unknown)[] = [(await lockDataDir(env.dataDir)).release]
  const release = async () => {
    for (const each of releases.toReversed()) await each()
  }
  try {
    if (isPostgresUrl(env.database)) {
      const held = await holdDatabase({
        url: env.database,
        onLost() {
          logger.error({}, 'another server has taken the database: this one ends')
          process.kill(process.pid, 'SIGTERM')
        },
      })
      releases.push(held.release)
    }
    const stores = await openStores({ env, logger })
    releases.push(stores.store.close)
    return { ...stores, close: release }
  } catch (error) {
    await release()
    throw error
  }
}
