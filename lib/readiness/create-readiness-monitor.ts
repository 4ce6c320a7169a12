import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { AppError, type ErrorCode } from '@/lib/domain/error'
import { isSendable } from '@/lib/domain/readiness'
import type { EngineMetrics } from '@/lib/engine/read-metrics'
import {
  type EngineAddress,
  type EngineWatch,
  type LocalStartPort,
  type LogPort,
  runTask,
  type SettingsPort,
  type Sleep,
  type UpstreamCall,
  type WatchedEngine,
} from './engine-watch'
import { createPhaseState, type PhaseSettings, type PhaseState } from './next-phase'
import { hurry, noteDeath, pollEngine } from './poll-engine'
import type { ReadinessMonitor } from './readiness-monitor'
import { toLoad, toReadiness } from './to-readiness'
import { watchLog } from './watch-log'

export type ReadinessMonitorOptions = {
  /** Absent when the address cannot be used: the phase is then invalid-url and stays so. */
  engine: WatchedEngine | undefined
  engineUrl: EngineAddress
  /** Only to be blotted out, should the engine's log hold it. */
  apiKey?: string
  /** Default: the first that is served. */
  wantedModel?: string
  systemPrompt: string
  isWarmUpEnabled?: boolean
  /** Where the engine's output can be read. */
  logFile?: string
  /** False: a log that is not there is as good as none. Default: true. */
  isLogExpected?: boolean
  isDemo?: boolean
  /** Takes the place of a log: the app started the engine itself and knows how far it is. */
  localStart?: LocalStartPort
  settings: SettingsPort
  log: LogPort
  /** Monotonic, in ms. */
  now?: () => number
  /** Wall clock: for the ledger and the age of the log. */
  wallNow?: () => number
  /** Ends early, resolved or rejected, when the signal aborts. */
  sleep?: Sleep
  /** 0 to 1, for the jitter. */
  random?: () => number
  /** Told of each warm-up and each count of the prompt's tokens; probes are counted only. */
  onUpstreamCall?: (call: UpstreamCall) => void
  /** Told of the metrics that each look brings. */
  onMetrics?: (metrics: EngineMetrics) => void
}

/** About one request or this gate itself, not about the engine. */
const SAYS_NOTHING: ReadonlySet<ErrorCode> = new Set([
  'engine_not_ready',
  'engine_context_too_long',
  'engine_rejected',
  'engine_line_too_large',
])

/** Watches the engine by one poller and, where it can be read, by its log. Nothing runs before `start()`. */
export function createReadinessMonitor(
  options: ReadinessMonitorOptions,
): ReadinessMonitor & { probeCount(): number } {
  const watch = createWatch(options)
  let isStarted = false
  return {
    current: () => toReadiness(watch),
    requireModel() {
      const { phase, model } = watch.phase
      if (isSendable(phase) && model !== undefined) return model.id
      throw new AppError('engine_not_ready', { details: { phase } })
    },
    load() {
      const load = toLoad(watch)
      return load === undefined ? undefined : { ...load, ...watch.metricsAtMs }
    },
    startFacts: () => ({ ...watch.start.run?.facts }),
    reportError({ code }) {
      if (!code.startsWith('engine_') || SAYS_NOTHING.has(code)) return
      if (code === 'engine_died') noteDeath(watch)
      hurry(watch)
    },
    probeCount: () => watch.probes,
    start() {
      if (isStarted || watch.stopping.signal.aborted) return
      isStarted = true
      const { engine, logFile } = options
      if (engine !== undefined && options.engineUrl.isValid) {
        runTask(watch, () => pollEngine(watch, engine))
      }
      if (logFile !== undefined) runTask(watch, () => watchLog(watch, logFile))
    },
    async stop() {
      watch.stopping.abort()
      for (const controller of watch.controllers) controller.abort()
      while (watch.tasks.size > 0) await Promise.all(watch.tasks)
    },
  }
}

function createWatch(options: ReadinessMonitorOptions): EngineWatch {
  const {
    now = () => performance.now(),
    wallNow = Date.now,
    sleep = (ms, signal) => delay(ms, undefined, { signal }),
    random = Math.random,
    isDemo = false,
    isLogExpected = true,
    apiKey,
    localStart,
    onUpstreamCall,
    onMetrics,
  } = options
  const settings = toPhaseSettings(options)
  return {
    options: {
      ...options,
      apiKey,
      isDemo,
      isLogExpected,
      localStart,
      now,
      wallNow,
      sleep,
      random,
      onUpstreamCall,
      onMetrics,
    },
    settings,
    promptSha256: createHash('sha256').update(options.systemPrompt, 'utf8').digest('hex'),
    phase: toFirstPhase({ options, settings, nowMs: now() }),
    start: {},
    logStatus: hasLog(options) || localStart !== undefined ? 'following' : 'off',
    isHealthy: false,
    observation: undefined,
    metrics: undefined,
    metricsAtMs: { askedAtMs: 0, seenAtMs: 0 },
    version: undefined,
    prompt: { epoch: 0, tokens: undefined },
    warmUp: undefined,
    probes: 0,
    deaths: 0,
    look: undefined,
    pause: undefined,
    isHurryWanted: false,
    hurriedAtMs: Number.NEGATIVE_INFINITY,
    savedRecord: undefined,
    toldFailure: undefined,
    stopping: new AbortController(),
    controllers: new Set(),
    tasks: new Set(),
  }
}

function hasLog({ logFile, isLogExpected = true }: ReadinessMonitorOptions): boolean {
  return logFile !== undefined && isLogExpected
}

function toPhaseSettings(options: ReadinessMonitorOptions): PhaseSettings {
  const { engineUrl, wantedModel, isWarmUpEnabled = true } = options
  const baseUrl = engineUrl.isValid ? engineUrl.baseUrl : undefined
  return {
    host: baseUrl === undefined ? '' : new URL(baseUrl).host,
    rootUrl: baseUrl?.replace(/\/v1$/, '') ?? '',
    ...(wantedModel === undefined ? {} : { wantedModel }),
    isWarmUpEnabled,
  }
}

function toFirstPhase(first: {
  options: ReadinessMonitorOptions
  settings: PhaseSettings
  nowMs: number
}): PhaseState {
  const { options, settings, nowMs } = first
  const state = createPhaseState({ settings, nowMs })
  const { engineUrl } = options
  if (engineUrl.isValid) return state
  return { ...state, phase: 'invalid-url', details: { reason: engineUrl.reason } }
}
