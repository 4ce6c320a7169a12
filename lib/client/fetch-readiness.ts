import { PHASES, type Readiness } from '@/lib/domain/readiness'

const TIMEOUT_MS = 5_000

export type FetchReadiness = (options: { signal: AbortSignal }) => Promise<Readiness>

/**
 * Asks our own server once. Rejects when it does not answer within 5 s, answers with another
 * status than 200, or with something else than a Readiness (a page of the launcher's, or a proxy's).
 */
export const fetchReadiness: FetchReadiness = async ({ signal }) => {
  const response = await fetch('/api/readiness', {
    cache: 'no-store',
    headers: { accept: 'application/json' },
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
  })
  if (!response.ok) throw new Error(`readiness: HTTP ${response.status}`)
  return parseReadiness(await response.json())
}

/** Our own server wrote it: enough to tell it from something else that answered. @throws {TypeError} */
export function parseReadiness(value: unknown): Readiness {
  if (isReadiness(value)) return value
  throw new TypeError('not a readiness')
}

function isReadiness(value: unknown): value is Readiness {
  return (
    typeof value === 'object' &&
    value !== null &&
    'phase' in value &&
    PHASES.some((phase) => phase === value.phase) &&
    'canSend' in value &&
    typeof value.canSend === 'boolean' &&
    'engineUrl' in value &&
    typeof value.engineUrl === 'string'
  )
}
