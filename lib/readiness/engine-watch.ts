import type { ErrorCode } from '@/lib/domain/error'
import type { Readiness, StartFailure, StartProgress } from '@/lib/domain/readiness'
import type { Engine } from '@/lib/engine/engine'
import type { EngineObservation } from '@/lib/engine/probe-engine'
import type { EngineMetrics } from '@/lib/engine/read-metrics'
import type { PhaseSettings, PhaseState } from './next-phase'
import type { StartState } from './start-progress'

/** The engine's address as it was set. */
export type EngineAddress =
  | { isValid: true; baseUrl: string }
  | { isValid: false; value: string; reason: string }

export type WatchedEngine = Pick<Engine, 'probe' | 'completeOneToken' | 'tokenize'>

/** One call to the engine that no question asked for. */
export type UpstreamCall = {
  kind: 'probe' | 'warm-up' | 'tokenize'
  /** Wall clock. */
  startedAtMs: number
  durationMs: number
  outcome: 'ok' | 'aborted' | ErrorCode
}

/** The engine that this app starts itself, as far as the gate shows it. */
export type LocalStartPort = {
  /** Short: it stands in a sentence. */
  modelName: string
  look(): {
    /** `waiting`: it ended and will be started again; `failed`: it will not. */
    state: 'stopped' | 'starting' | 'ready' | 'waiting' | 'failed'
    progress?: StartProgress | undefined
    failure?: StartFailure | undefined
  }
}

export type SettingsPort = {
  loadSetting(key: string): Promise<string | undefined>
  saveSetting(setting: { key: string; value: string }): Promise<void>
}

export type LogPort = {
  info(fields: Record<string, unknown>, message: string): void
  warn(fields: Record<string, unknown>, message: string): void
}

export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>

export type WatchOptions = {
  engine: WatchedEngine | undefined
  engineUrl: EngineAddress
  apiKey: string | undefined
  systemPrompt: string
  isDemo: boolean
  isLogExpected: boolean
  localStart: LocalStartPort | undefined
  settings: SettingsPort
  log: LogPort
  now: () => number
  wallNow: () => number
  sleep: Sleep
  random: () => number
  onUpstreamCall: ((call: UpstreamCall) => void) | undefined
  onMetrics: ((metrics: EngineMetrics) => void) | undefined
}

/** All that the monitor knows and does at a moment; its parts work on it. */
export type EngineWatch = {
  readonly options: WatchOptions
  readonly settings: PhaseSettings
  readonly promptSha256: string
  phase: PhaseState
  start: StartState
  logStatus: Readiness['log']
  /** `/health` was 200 at the last look. */
  isHealthy: boolean
  observation: EngineObservation | undefined
  /** The last ones that the present process told. */
  metrics: EngineMetrics | undefined
  /** When they were asked for and told. */
  metricsAtMs: { askedAtMs: number; seenAtMs: number }
  version: string | undefined
  prompt: { epoch: number; tokens: number | undefined }
  warmUp: { epoch: number; controller: AbortController } | undefined
  /** Looks since the start of the monitor. */
  probes: number
  /** Deaths that replies met: a look that began before one is out of date. */
  deaths: number
  look: { controller: AbortController; isHurried: boolean } | undefined
  pause: AbortController | undefined
  isHurryWanted: boolean
  hurriedAtMs: number
  savedRecord: string | undefined
  toldFailure: string | undefined
  readonly stopping: AbortController
  readonly controllers: Set<AbortController>
  readonly tasks: Set<Promise<void>>
}

/** Aborted when the monitor stops; to be given back with `release`. */
export function createController(watch: EngineWatch): AbortController {
  const controller = new AbortController()
  if (watch.stopping.signal.aborted) controller.abort()
  watch.controllers.add(controller)
  return controller
}

export function release(watch: EngineWatch, controller: AbortController): void {
  watch.controllers.delete(controller)
}

/** Runs beside the rest; the monitor's end waits for it. */
export function runTask(watch: EngineWatch, work: () => Promise<void>): void {
  const task: Promise<void> = work()
    .catch((error: unknown) => {
      watch.options.log.warn({ err: error }, 'a task of the readiness monitor failed')
    })
    .finally(() => watch.tasks.delete(task))
  watch.tasks.add(task)
}
