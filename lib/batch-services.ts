import { join } from 'node:path'
import type { BatchEngine } from './batch/ask-row'
import { type BatchRegistry, createBatchRegistry } from './batch/create-batch-registry'
import { createBatchFiles } from './batch-files/create-batch-files'
import type { Ledger } from './chat/create-ledger'
import type { RunObserver } from './chat/run-observer'
import type { Env } from './config/env'
import type { ReadinessMonitor } from './readiness/readiness-monitor'
import type { ServiceLogger } from './service-logger'

export type BatchServices = {
  registry: BatchRegistry
  /** A chat goes first: told before its request is handed to the engine. */
  observer: RunObserver
}

export function createBatchServices(options: {
  env: Pick<Env, 'dataDir' | 'isBatchYielding'>
  logger: ServiceLogger
  engine: BatchEngine
  monitor: Pick<ReadinessMonitor, 'current'>
  systemPrompt: string
  ledger: Pick<Ledger, 'enter'>
  isChatWaiting: () => boolean
}): BatchServices {
  const { env, monitor, ledger, ...rest } = options
  const registry = createBatchRegistry({
    ...rest,
    store: createBatchFiles(join(env.dataDir, 'batches')),
    readiness: monitor.current,
    enterCall: ledger.enter,
    isYielding: env.isBatchYielding,
  })
  return { registry, observer: { started: registry.yieldToChat } }
}
