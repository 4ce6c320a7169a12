import type { AppError, ErrorDetails } from '@/lib/domain/error'
import type { Phase, ServedModel } from '@/lib/domain/readiness'
import type { EngineObservation } from '@/lib/engine/probe-engine'

/** What one look at the engine comes to, before what was known of it is weighed in. */
export type Verdict =
  | { kind: 'served'; models: readonly ServedModel[] }
  /** Refused or reset: no process listens. */
  | { kind: 'gone' }
  /** 503: dead, or not loaded yet. */
  | { kind: 'unavailable'; isLoading: boolean }
  /** No answer in time, or none that says anything: one alone proves nothing. */
  | { kind: 'missed'; phase: 'timeout' | 'proxy-error'; details: ErrorDetails }
  | { kind: 'barred'; phase: Phase; details: ErrorDetails; isGateway: boolean }

export function judgeObservation({ health, models }: EngineObservation): Verdict {
  if (health.kind === 'unavailable') return { kind: 'unavailable', isLoading: health.isLoading }
  if (health.kind === 'failed') return judgeError(health.error)
  if (models.kind === 'ok') return { kind: 'served', models: models.models }
  if (models.kind === 'failed') return judgeError(models.error)
  return { kind: 'missed', phase: 'timeout', details: {} }
}

function judgeError({ code, details = {} }: AppError): Verdict {
  const { status } = details
  const shown: ErrorDetails = status === undefined ? {} : { status }
  switch (code) {
    case 'engine_unreachable':
      return { kind: 'gone' }
    case 'engine_died':
      return { kind: 'unavailable', isLoading: false }
    case 'engine_busy':
      return status === 503
        ? { kind: 'unavailable', isLoading: false }
        : { kind: 'missed', phase: 'proxy-error', details: shown }
    case 'engine_timeout':
      return { kind: 'missed', phase: 'timeout', details: {} }
    case 'engine_name_not_found':
      return { kind: 'barred', phase: 'name-not-found', details: {}, isGateway: false }
    case 'engine_tls':
      return { kind: 'barred', phase: 'tls-failed', details: {}, isGateway: false }
    case 'engine_unauthorized':
      return { kind: 'barred', phase: 'unauthorized', details: shown, isGateway: false }
    default: {
      const isGateway = code === 'engine_proxy' && (status === 502 || status === 504)
      return { kind: 'barred', phase: 'proxy-error', details: shown, isGateway }
    }
  }
}
