import type { ErrorDetails } from './error'

/** Each row of the phase table in docs/architecture.md; `checking` is the moment before the first probe answered. */
export const PHASES = [
  'checking',
  'invalid-url',
  'unreachable',
  'name-not-found',
  'tls-failed',
  'timeout',
  'proxy-error',
  'unauthorized',
  'wrong-model',
  'loading',
  'warming',
  'ready',
  'saturated',
  'stalled',
  'dead',
  'sleeping',
] as const

export type Phase = (typeof PHASES)[number]

/** True only in the phases in which a question may be sent. */
export function isSendable(phase: Phase): boolean {
  return phase === 'ready' || phase === 'saturated'
}

/** The stages of a start, in the order its log shows them; only the local engine is installed by it. */
export const START_STAGES = [
  'starting',
  'installing',
  'resolving',
  'downloading',
  'weights',
  'compiling',
  'kv-cache',
  'graphs',
  'serving',
  'started',
] as const

export type StartStage = (typeof START_STAGES)[number]

/** What the followed log says of the engine's present start. */
export type StartProgress = {
  stage: StartStage
  /** Share of the whole start that is behind us, 0–1, as an estimate for a bar. */
  progress: number
  /** Within `weights` or `graphs`: 0–100, as the engine printed it. */
  stagePercent?: number
  /** Of a download under way, where it is told: megabytes (10⁶ bytes) that are here, and of how many. */
  download?: { doneMb: number; totalMb?: number }
  elapsedMs: number
  /** How long the engine's last complete start took on this machine. */
  lastStartMs?: number
  sinceLastLineMs: number
  /** No line for 60 s (never said of a download): it may hang. */
  isStuck: boolean
  /** Stages passed through, with the time spent in each. */
  stages: { stage: StartStage; elapsedMs: number }[]
  /** Facts the log printed on the way: version, model, maxModelLen, weightsGib, kvCacheTokens … */
  facts: ErrorDetails
}

/** A fatal line of the log: `code` names its sentence and cure in the message files. */
export type StartFailure = {
  code: string
  details: ErrorDetails
  line: string
  /** Until the local engine is started again by itself. */
  nextTryInMs?: number
}

export type ServedModel = { id: string; root?: string; maxModelLen?: number }

/** The engine's own gauges at the last poll. */
export type EngineLoad = {
  runningRequests: number
  waitingRequests: number
  /** 0–1. */
  kvCacheUsage?: number
}

/** The fixed prompt against the engine's cache: it can be cached only when it fills a block. */
export type SystemPromptFacts = {
  sha256: string
  tokens?: number
  blockSizeTokens?: number
  isCacheable?: boolean
}

/** What GET /api/readiness answers. Everything in it may be seen by a browser. */
export type Readiness = {
  phase: Phase
  canSend: boolean
  /** Time spent in this phase. */
  phaseElapsedMs: number
  /** Facts for the phase's sentence: host, wanted and served models, seconds … */
  details: ErrorDetails
  /** The base URL without credentials. */
  engineUrl: string
  engineVersion?: string
  model?: ServedModel
  servedModels: string[]
  load?: EngineLoad
  /** Present while the engine starts and a log is followed. */
  start?: StartProgress
  /** With `start` beside it, of the local engine: why the try before the present one ended. */
  failure?: StartFailure
  log: 'off' | 'following' | 'missing' | 'unreadable'
  systemPrompt: SystemPromptFacts
  /** True when this app started the engine itself; `details.localModel` then names its model. */
  isLocal: boolean
  /** True when the answers are scripted by the stub (`npm run demo`). */
  isDemo: boolean
}
