import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { createEngineCounters } from './engine-counters.ts'
import { type EngineServer, startEngineServer } from './engine-server.ts'
import { holdLock } from './hold-lock.ts'
import { installRuntime } from './install-runtime.ts'
import { loadModel } from './load-model.ts'
import type { Arguments } from './parse-arguments.ts'
import { isMuslLinux, platformPackage } from './platform-package.ts'
import { prepareWeights, requireGguf } from './prepare-weights.ts'
import { createRequestQueue } from './request-queue.ts'
import type { StageLog } from './stage-log.ts'
import { SMOLLM2_135M } from './weights.ts'

export type RunningEngine = { port: number; stop(): Promise<void> }

/** vLLM's, for a model whose card is not known here. */
const PLAIN_SAMPLING = { temperature: 1, topP: 1 }

/**
 * Port, lock, runtime, weights, model, in this order; resolves when a question may come.
 * @throws {EngineFailure} whatever stands in the way; the port is closed again then.
 */
export async function startLocalEngine(options: {
  settings: Arguments
  /** This folder. */
  sourceDir: string
  log: StageLog
}): Promise<RunningEngine> {
  const { settings, sourceDir, log } = options
  const version = await readOwnVersion(sourceDir)
  const server = await startEngineServer({
    port: settings.port,
    version,
    onError: (error) => log.note(`request failed: ${String(error)}`),
  })
  const runtimeDir = join(settings.dataDir, 'local-engine')
  log.stage('starting', { port: server.port, pid: process.pid, version })
  let release = () => {}
  try {
    const lock = await holdLock({ file: join(runtimeDir, 'lock'), port: server.port })
    release = lock.release
    log.keepIn(join(runtimeDir, 'engine.log')) // Not before: until here it may be another engine's.
    await prepareAndServe({ settings, sourceDir, log, server, runtimeDir, version })
  } catch (error) {
    release()
    await server.close()
    throw error
  }
  return {
    port: server.port,
    async stop() {
      await server.close()
      release()
    },
  }
}

async function prepareAndServe(options: {
  settings: Arguments
  sourceDir: string
  log: StageLog
  server: EngineServer
  runtimeDir: string
  version: string
}): Promise<void> {
  const { settings, sourceDir, log, server, runtimeDir, version } = options
  const { platform, arch } = process
  const binaryPackage = platformPackage({ platform, arch, isMusl: isMuslLinux() })
  if (settings.modelPath !== undefined) await requireGguf(settings.modelPath)
  await installRuntime({ sourceDir, targetDir: runtimeDir, binaryPackage, log })
  const modelPath =
    settings.modelPath ??
    (await prepareWeights({
      modelsDir: join(settings.dataDir, 'models'),
      weights: SMOLLM2_135M,
      log,
    }))
  const startedAt = performance.now()
  const { maxModelLen } = settings
  const loaded = await loadModel({
    modelPath,
    runtimeDir,
    log,
    ...(maxModelLen === undefined ? {} : { maxModelLen }),
  })
  const isDefault = settings.modelPath === undefined
  const modelId = isDefault ? SMOLLM2_135M.modelId : basename(modelPath).replace(/\.gguf$/i, '')
  server.serve({
    modelId,
    modelPath,
    fingerprint: `first-token-local-${version}`,
    loaded,
    queue: createRequestQueue(),
    counters: createEngineCounters(),
    defaults: isDefault ? SMOLLM2_135M.sampling : PLAIN_SAMPLING,
    createdSeconds: Math.floor(Date.now() / 1000),
  })
  log.stage('ready', {
    model: modelId,
    port: server.port,
    max_model_len: loaded.maxModelLen,
    load_s: Number(((performance.now() - startedAt) / 1000).toFixed(2)),
    rss_mb: Math.round(process.memoryUsage.rss() / 1e6),
  })
}

/** Its own number, then what it runs on; never one of vLLM's. */
async function readOwnVersion(sourceDir: string): Promise<string> {
  const text = await readFile(join(sourceDir, 'package.json'), 'utf8')
  const read = (key: string) => new RegExp(`"${key}":\\s*"([^"]+)"`).exec(text)?.[1] ?? '0.0.0'
  return `${read('version')}+node-llama-cpp.${read('node-llama-cpp')}`
}
