import { AppError, type ErrorCode, type ErrorDetails } from '@/lib/domain/error'
import type { EngineObservation } from '@/lib/engine/probe-engine'
import type { EngineMetrics } from '@/lib/engine/read-metrics'

const NOT_ASKED = { models: { kind: 'not-asked' }, isVersionSettled: false } as const

/** What one look at an engine may see, by name. */
export const seen = {
  up: (metrics?: EngineMetrics, ids: readonly string[] = ['chat']): EngineObservation => ({
    health: { kind: 'ok' },
    models: { kind: 'ok', models: ids.map((id) => ({ id })) },
    isVersionSettled: true,
    version: '0.32.0',
    ...(metrics === undefined ? {} : { metrics }),
  }),
  unavailable: (isLoading = false): EngineObservation => ({
    health: { kind: 'unavailable', isLoading },
    ...NOT_ASKED,
  }),
  healthFailed: (code: ErrorCode, details?: ErrorDetails): EngineObservation => ({
    health: { kind: 'failed', error: toError(code, details) },
    ...NOT_ASKED,
  }),
  modelsFailed: (code: ErrorCode, details?: ErrorDetails): EngineObservation => ({
    health: { kind: 'ok' },
    models: { kind: 'failed', error: toError(code, details) },
    isVersionSettled: false,
  }),
  refused: (): EngineObservation =>
    seen.healthFailed('engine_unreachable', { systemCode: 'ECONNREFUSED' }),
  slow: (): EngineObservation => seen.healthFailed('engine_timeout', { seconds: 3 }),
}

function toError(code: ErrorCode, details: ErrorDetails | undefined): AppError {
  return new AppError(code, details === undefined ? {} : { details })
}
