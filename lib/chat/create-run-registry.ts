import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '@/lib/domain/error'
import { MAX_REPLY_LENGTH } from '@/lib/domain/is-continuable'
import type { Reply } from '@/lib/domain/message'
import type { ChatRequest } from '@/lib/domain/stream-chunk'
import { drainRuns } from './drain-runs'
import type { StreamItems } from './encode-stream-item'
import { followRun } from './follow-run'
import { activeRuns, type RegistryOptions, type RegistryState } from './registry-state'
import { abortRun, type Run } from './run'
import { startRun } from './start-run'

export type RunSnapshot = { runId: string; text: string; reasoning: string; position: number }

/**
 * Holds the runs of this server. A run belongs to the server and not to a connection: readers come
 * and go, it ends once, as exactly one of complete, stopped, interrupted and failed.
 */
export type RunRegistry = {
  /**
   * Saves the question, then starts its run; the same ids again join it.
   * @throws {AppError} message_conflict, run_active, message_not_found, reply_not_continuable,
   *   engine_not_ready, server_stopping, storage_failed
   */
  start(request: ChatRequest): Promise<{ runId: string; isJoined: boolean }>
  /**
   * The reply from a position on, also after its end. The iteration ends after `finish`; it ends
   * without one when the signal aborts or the reader is too slow, which never touches the run.
   * @throws {AppError} run_not_found, from the iteration
   */
  follow(options: { runId: string; after: number; signal: AbortSignal }): StreamItems
  /**
   * Resolves with the stored reply when the engine's socket is closed. Idempotent.
   * @throws {AppError} run_not_found, storage_failed
   */
  stop(runId: string): Promise<Reply>
  /** What the thread's active run has written so far; undefined when there is none. */
  snapshot(threadId: string): RunSnapshot | undefined
  activeCount(): number
  /** Of those, the runs whose first token has not come. */
  waitingCount(): number
  /** For the end of the server; resolves when nothing of the registry runs any more. */
  drain(options: { graceMs: number }): Promise<void>
}

export function createRunRegistry(
  options: Pick<RegistryOptions, 'store' | 'engine' | 'monitor' | 'systemPrompt' | 'logger'> &
    Partial<RegistryOptions>,
): RunRegistry {
  const state: RegistryState = {
    options: { ...DEFAULTS, ...options },
    runs: new Map(),
    starting: new Map(),
    closing: new AbortController(),
    isDraining: false,
    stopTicking: undefined,
    isCheckpointing: false,
    isPolling: false,
  }
  return {
    start: (request) => startRun(state, request),
    follow: (target) => followRun(state, target),
    stop: (runId) => stopRun(state, runId),
    snapshot: (threadId) => snapshot(state, threadId),
    activeCount: () => activeRuns(state).length,
    waitingCount: () => activeRuns(state).filter(isWaiting).length,
    drain: (limits) => drainRuns(state, limits),
  }
}

const DEFAULTS: Omit<RegistryOptions, 'store' | 'engine' | 'monitor' | 'systemPrompt' | 'logger'> =
  {
    observer: { started: () => undefined, ended: () => undefined },
    toTraceparent: () => undefined,
    now: () => performance.now(),
    createId: randomUUID,
    every: (callback, intervalMs) => {
      const timer = setInterval(callback, intervalMs)
      timer.unref()
      return () => clearInterval(timer)
    },
    sleep: (durationMs, signal) => delay(durationMs, undefined, { signal }).catch(() => undefined),
    backgroundMs: 10 * 60_000,
    rememberMs: 60_000,
    // What came since the last checkpoint is lost in a crash: under 1 s, also where a busy machine comes late to it.
    checkpointMs: 500,
    maxLagLength: 1_000_000,
    maxReplyLength: MAX_REPLY_LENGTH,
  }

function isWaiting({ marks, closedMs }: Run): boolean {
  return marks.arrivalsMs.length === 0 && closedMs === undefined
}

async function stopRun(state: RegistryState, runId: string): Promise<Reply> {
  await state.starting.get(runId)
  const run = state.runs.get(runId)
  if (run === undefined) {
    const stored = await state.options.store.loadReply(runId)
    if (stored === undefined || stored.status === 'streaming') throw new AppError('run_not_found')
    return stored
  }
  abortRun(run, 'user')
  const { reply, unsaved } = await run.done
  if (unsaved !== undefined) throw unsaved
  return reply
}

function snapshot(state: RegistryState, threadId: string): RunSnapshot | undefined {
  for (const run of state.runs.values()) {
    if (run.reply.threadId !== threadId) continue
    // One whose end is not stored is still `streaming` in the store.
    if (run.end !== undefined && run.end.unsaved === undefined) continue
    return {
      runId: run.id,
      text: run.buffer.text(),
      reasoning: run.buffer.reasoning(),
      position: run.buffer.length(),
    }
  }
  return undefined
}
