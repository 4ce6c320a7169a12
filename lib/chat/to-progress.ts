import type { EngineLoad } from '@/lib/domain/readiness'
import type { ReplyProgress } from '@/lib/domain/stream-chunk'

/**
 * What a request without a token is waiting for. The engine serves first come, first served: of its
 * waiting requests ours is among them only if there are more than came after it.
 * `youngerRequests`: those known to have come after ours.
 */
export function toProgress({
  load,
  youngerRequests,
}: {
  load: EngineLoad
  youngerRequests: number
}): ReplyProgress {
  const waitingBefore = load.waitingRequests - youngerRequests - 1
  if (waitingBefore < 0) return { stage: 'prefill' }
  return { stage: 'queued', aheadRequests: load.runningRequests + waitingBefore }
}
