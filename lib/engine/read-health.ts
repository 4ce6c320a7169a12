import { type AppError, isAppError } from '@/lib/domain/error'
import { toConnectionError } from './engine-error'
import type { EngineHttp } from './engine-http'

/**
 * `unavailable` is a 503: vLLM says it when its engine is dead, llama.cpp while it loads
 * (`isLoading`). `silent` is an answer that says nothing about health: no such page, guarded, HTML.
 */
export type HealthOutcome =
  | { kind: 'ok' }
  | { kind: 'unavailable'; isLoading: boolean }
  | { kind: 'silent' }
  | { kind: 'failed'; error: AppError }

const SILENT: ReadonlySet<string> = new Set([
  'engine_path_not_found',
  'engine_model_not_found',
  'engine_unauthorized',
  'engine_rejected',
  'engine_redirected',
  'engine_wrong_content_type',
])

/** Asks `/health`. Rejects only with the signal's reason when the caller aborted. */
export async function readHealth(options: {
  http: EngineHttp
  signal?: AbortSignal
  timeoutMs?: number
}): Promise<HealthOutcome> {
  const { http, ...limits } = options
  try {
    await http.request({ path: '/health', base: 'root', accept: 'text', ...limits })
    return { kind: 'ok' }
  } catch (thrown) {
    if (options.signal?.aborted) throw thrown
    const error = isAppError(thrown) ? thrown : toConnectionError(thrown)
    if (error.code === 'engine_busy' && error.details?.status === 503) {
      return { kind: 'unavailable', isLoading: /loading/i.test(String(error.cause)) }
    }
    if (error.code === 'engine_died') return { kind: 'unavailable', isLoading: false }
    // A gateway's rate limit is no sign of the engine's health.
    if (error.code === 'engine_busy' || SILENT.has(error.code)) return { kind: 'silent' }
    return { kind: 'failed', error }
  }
}
