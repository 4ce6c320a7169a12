import type { Reply } from '@/lib/domain/message'
import type { ChatEngine, ChatLogger, ChatMonitor, ChatStore } from './chat-ports'
import type { Run } from './run'
import type { RunObserver } from './run-observer'

export type RegistryOptions = {
  store: ChatStore
  engine: ChatEngine
  monitor: ChatMonitor
  systemPrompt: string
  logger: ChatLogger
  observer: Required<RunObserver>
  /** What the engine's spans of this reply are to hang under; undefined: nothing is traced. */
  toTraceparent: (reply: Reply) => string | undefined
  /** Monotonic ms. */
  now: () => number
  createId: () => string
  /** Calls back again and again until the returned function is called. */
  every: (callback: () => void, intervalMs: number) => () => void
  /** Resolves early, without error, when the signal aborts. */
  sleep: (durationMs: number, signal: AbortSignal) => Promise<void>
  /** How long a run goes on that nobody watches. */
  backgroundMs: number
  /** How long an ended run is kept for a reader that joins at its end. */
  rememberMs: number
  checkpointMs: number
  /** A reader that falls this far behind is let go, and joins again by its position. */
  maxLagLength: number
  maxReplyLength: number
}

/** What the parts of the registry share. */
export type RegistryState = {
  options: RegistryOptions
  /** Active and remembered ones, by their id. */
  runs: Map<string, Run>
  /** Questions being saved, by the id of the run that follows. */
  starting: Map<string, Promise<unknown>>
  /** Aborts what the registry itself asks of the engine. */
  closing: AbortController
  isDraining: boolean
  stopTicking: (() => void) | undefined
  isCheckpointing: boolean
  isPolling: boolean
}

export function activeRuns(state: RegistryState): Run[] {
  return [...state.runs.values()].filter((run) => run.end === undefined)
}
