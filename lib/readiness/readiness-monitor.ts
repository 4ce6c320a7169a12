import type { AppError, ErrorDetails } from '@/lib/domain/error'
import type { EngineLoad, Readiness } from '@/lib/domain/readiness'

/** The engine's gauges, and between which instants of the monitor's monotonic clock it told them. */
export type SeenLoad = EngineLoad & { askedAtMs: number; seenAtMs: number }

/** The one watcher of the engine in this server, whatever the number of tabs. */
export type ReadinessMonitor = {
  /** What GET /api/readiness answers at this moment. */
  current(): Readiness
  /**
   * The served model to send to.
   * @throws {AppError} engine_not_ready, with `phase` in its details, unless the phase is sendable.
   */
  requireModel(): string
  /** The engine's gauges at the last poll; absent where it tells none. */
  load(): SeenLoad | undefined
  /** What the log of the engine's newest start told: weights, cache, number format; empty without one. */
  startFacts(): ErrorDetails
  /** A reply met this error: the next poll comes at once. */
  reportError(error: AppError): void
  /** Begins to poll and to follow the log. Idempotent. */
  start(): void
  /** Resolves when nothing of it runs any more. */
  stop(): Promise<void>
}
