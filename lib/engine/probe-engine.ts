import { type AppError, isAppError } from '@/lib/domain/error'
import type { ServedModel } from '@/lib/domain/readiness'
import type { EngineHttp } from './engine-http'
import { type HealthOutcome, readHealth } from './read-health'
import { type EngineMetrics, readEngineMetrics } from './read-metrics'
import { readModels } from './read-models'
import { readVersion } from './read-version'

export type ModelsOutcome =
  | { kind: 'ok'; models: ServedModel[] }
  | { kind: 'failed'; error: AppError }
  /** `/health` already answered for it. */
  | { kind: 'not-asked' }

/** What one poll saw; it is judged elsewhere. */
export type EngineObservation = {
  health: HealthOutcome
  models: ModelsOutcome
  metrics?: EngineMetrics
  version?: string
  /** The server was asked for its version and answered, be it that it has none to tell. */
  isVersionSettled: boolean
}

const TIMEOUT_MS = 3000

/**
 * One look at the engine: health, and where that does not settle it, models and metrics together;
 * 3 s each. The version is taken from `previous` as long as the process is the same.
 * Rejects only with the signal's reason when the caller aborted.
 */
export async function probeEngine(options: {
  http: EngineHttp
  previous?: EngineObservation
  signal?: AbortSignal
  timeoutMs?: number
}): Promise<EngineObservation> {
  const { http, previous, signal, timeoutMs = TIMEOUT_MS } = options
  const target = { http, timeoutMs, ...(signal === undefined ? {} : { signal }) }
  const health = await readHealth(target)
  if (health.kind === 'failed' || health.kind === 'unavailable') {
    return { health, models: { kind: 'not-asked' }, isVersionSettled: false }
  }
  const [models, metrics] = await Promise.all([
    settle(readModels(target), signal),
    settle(readEngineMetrics(target), signal),
  ])
  const seen = {
    health,
    models:
      'error' in models
        ? ({ kind: 'failed', error: models.error } as const)
        : ({ kind: 'ok', models: models.value } as const),
    ...('error' in metrics || metrics.value === undefined ? {} : { metrics: metrics.value }),
  }
  if (previous?.isVersionSettled && isSameProcess(previous, seen)) {
    const known = previous.version === undefined ? {} : { version: previous.version }
    return { ...seen, ...known, isVersionSettled: true }
  }
  const version = await settle(readVersion(target), signal)
  if ('error' in version) return { ...seen, isVersionSettled: false }
  const told = version.value === undefined ? {} : { version: version.value }
  return { ...seen, ...told, isVersionSettled: true }
}

async function settle<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<{ value: T } | { error: AppError }> {
  try {
    return { value: await promise }
  } catch (error) {
    if (signal?.aborted || !isAppError(error)) throw error
    return { error }
  }
}

/** A process that does not tell its start is the same one as long as it answered without a gap. */
function isSameProcess(
  previous: EngineObservation,
  now: Pick<EngineObservation, 'health' | 'metrics'>,
): boolean {
  const before = previous.metrics?.processStartedAtMs
  const after = now.metrics?.processStartedAtMs
  if (before !== undefined && after !== undefined) return before === after
  return previous.health.kind === now.health.kind
}
