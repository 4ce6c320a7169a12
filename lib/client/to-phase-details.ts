import type { ErrorDetails } from '@/lib/domain/error'
import type { Readiness } from '@/lib/domain/readiness'

const SUGGESTED_MODEL = 'Qwen/Qwen3-4B-Instruct-2507'

/**
 * The facts of the phase's sentence and remedy; what the server left out is taken from its other
 * facts. What is not known is left out: the message has its own words for that.
 */
export function toPhaseDetails(readiness: Readiness): ErrorDetails {
  const { details, engineUrl, servedModels, load } = readiness
  return {
    host: hostOf(engineUrl),
    root: engineUrl.replace(/\/v1\/?$/, ''),
    suggestedModel: SUGGESTED_MODEL,
    seconds: Math.round(readiness.phaseElapsedMs / 1000),
    ...(servedModels.length === 0 ? {} : { served: servedModels.join(', ') }),
    ...(load === undefined ? {} : { running: load.runningRequests, waiting: load.waitingRequests }),
    ...details,
  }
}

function hostOf(engineUrl: string): string {
  return URL.canParse(engineUrl) ? new URL(engineUrl).host : engineUrl
}
