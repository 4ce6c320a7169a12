import { randomUUID } from 'node:crypto'
import {
  MEASUREMENTS,
  type Measurement,
  type TipsEngine,
  type TipsRecord,
  type TipsSeries,
  type TipsTraffic,
} from '@/lib/domain/tips'
import type { EngineMetrics } from '@/lib/engine/read-metrics'
import { createWordCounter } from './create-word-counter'
import { measureBatch } from './measure-batch'
import { countConcurrencyRequests, measureConcurrency } from './measure-concurrency'
import { measureInterference } from './measure-interference'
import { choosePrefixTokens, measurePrefix } from './measure-prefix'
import type { TipsPorts, TipsRun } from './tips-ports'
import { BATCH_QUESTIONS, CHATS_BESIDE_LONG } from './workload'

const MEASURE: Record<Measurement, (run: TipsRun) => Promise<TipsSeries[]>> = {
  concurrency: measureConcurrency,
  prefix: measurePrefix,
  interference: measureInterference,
  batch: measureBatch,
}

export const DEFAULT_REPEATS = 4

/** How many requests a run sends; none of them asks for more than 96 tokens. */
export function countRequests({
  measurements,
  repeats,
  maxModelLen,
}: {
  measurements: readonly Measurement[]
  repeats: number
  maxModelLen: number | undefined
}): number {
  const counts: Record<Measurement, number> = {
    concurrency: countConcurrencyRequests(repeats),
    prefix: repeats * 2 * choosePrefixTokens(maxModelLen).length,
    interference: repeats * (CHATS_BESIDE_LONG + 1),
    batch: repeats * 2 * BATCH_QUESTIONS,
  }
  return measurements.reduce((sum, name) => sum + counts[name], 0)
}

/**
 * The fixed workload, or some of it, against one engine. Asks the engine's metrics before and after for
 * what it did for others.
 * @throws {AppError} an engine_* code; the signal's reason when it is cancelled.
 */
export async function runTips(
  options: TipsPorts & { label: string; measurements?: readonly Measurement[]; repeats?: number },
): Promise<TipsRecord> {
  const { label, repeats = DEFAULT_REPEATS, createId = randomUUID, wallNow = Date.now } = options
  const { now = () => performance.now(), signal } = options
  const measurements = MEASUREMENTS.filter(
    (name) => options.measurements === undefined || options.measurements.includes(name),
  )
  const id = createId()
  const startedAtMs = wallNow()
  const startMs = now()
  const before = await readMetrics(options)
  const of = countRequests({ measurements, repeats, maxModelLen: options.maxModelLen })
  const tally = { requests: 0, completionTokens: 0 }
  const series: TipsSeries[] = []
  const ending = new AbortController()
  const ports = { ...options, signal: AbortSignal.any([signal, ending.signal]) }
  const words = createWordCounter(ports)
  try {
    for (const measurement of measurements) {
      signal.throwIfAborted()
      const onAnswer = () => options.onProgress?.({ measurement, done: tally.requests, of })
      onAnswer()
      const mark = id.slice(0, 8)
      series.push(...(await MEASURE[measurement]({ ports, mark, repeats, tally, onAnswer, words })))
    }
  } finally {
    // When one of many fails, the others are not waited for.
    ending.abort()
  }
  const after = await readMetrics(options)
  const traffic = toTraffic({ before, after, ownTokens: tally.completionTokens })
  return {
    id,
    label,
    startedAtMs,
    durationMs: now() - startMs,
    engine: toEngineFacts({ options, metrics: before }),
    measurements,
    series,
    ...tally,
    ...(traffic === undefined ? {} : { traffic }),
  }
}

async function readMetrics({ engine, signal }: TipsPorts): Promise<EngineMetrics | undefined> {
  return await engine.readMetrics({ signal, timeoutMs: 3000 }).catch(() => {
    signal.throwIfAborted()
    return undefined
  })
}

function toTraffic(options: {
  before: EngineMetrics | undefined
  after: EngineMetrics | undefined
  ownTokens: number
}): TipsTraffic | undefined {
  const { before, after, ownTokens } = options
  if (before?.generationTokens === undefined || after?.generationTokens === undefined) {
    return undefined
  }
  const written = after.generationTokens - before.generationTokens
  return {
    requestsAtStart: (before.runningRequests ?? 0) + (before.waitingRequests ?? 0),
    foreignTokens: Math.max(0, written - ownTokens),
  }
}

function toEngineFacts({
  options,
  metrics = {},
}: {
  options: TipsPorts
  metrics: EngineMetrics | undefined
}): TipsEngine {
  const { model, version, maxModelLen } = options
  const { blockSizeTokens, kvCacheTokens, kvCacheDtype } = metrics
  const { isPrefixCachingEnabled, gpuMemoryFraction, processStartedAtMs } = metrics
  return {
    model,
    ...(version === undefined ? {} : { version }),
    ...(maxModelLen === undefined ? {} : { maxModelLen }),
    ...(blockSizeTokens === undefined ? {} : { blockSizeTokens }),
    ...(kvCacheTokens === undefined ? {} : { kvCacheTokens }),
    ...(kvCacheDtype === undefined ? {} : { kvCacheDtype }),
    ...(isPrefixCachingEnabled === undefined ? {} : { isPrefixCachingEnabled }),
    ...(gpuMemoryFraction === undefined ? {} : { gpuMemoryFraction }),
    ...(processStartedAtMs === undefined ? {} : { processStartedAtMs }),
  }
}
