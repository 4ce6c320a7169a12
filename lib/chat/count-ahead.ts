import type { SeenLoad } from '@/lib/readiness/readiness-monitor'

/** When a run of this server was in the engine's hands; absent: not sent yet, not over yet. */
export type OwnRequest = { sentMs?: number | undefined; closedMs?: number | undefined }

/**
 * How many requests stand before one that is sent now: those of others at the last look at the
 * engine, and those of this server that are in its hands at this moment. The look may be seconds
 * old, and what it counted of this server may have ended since.
 * `own`: the other runs of this server.
 */
export function countAhead(options: { load: SeenLoad; own: readonly OwnRequest[] }): number {
  const { load, own } = options
  const { askedAtMs, seenAtMs, runningRequests, waitingRequests } = load
  const ownThen = own.filter(({ sentMs, closedMs }) => {
    const wasSent = sentMs !== undefined && sentMs <= seenAtMs
    return wasSent && (closedMs === undefined || closedMs >= askedAtMs)
  })
  const ownNow = own.filter(
    ({ sentMs, closedMs }) => sentMs !== undefined && closedMs === undefined,
  )
  const othersThen = runningRequests + waitingRequests - ownThen.length
  return Math.max(0, othersThen) + ownNow.length
}
