import type { ErrorDetails } from '@/lib/domain/error'
import type { Phase, ServedModel } from '@/lib/domain/readiness'
import type { EngineObservation } from '@/lib/engine/probe-engine'
import type { EngineMetrics } from '@/lib/engine/read-metrics'
import { type Admission, admitProcess, dismissProcess, NO_PROCESS } from './admit-process'
import { judgeObservation, type Verdict } from './judge-observation'
import type { LogEvidence } from './start-progress'
import { type Stillness, watchTokens } from './watch-tokens'

export type PhaseState = {
  phase: Phase
  details: ErrorDetails
  sinceMs: number
  /** The one to send to, as long as it is served. */
  model: ServedModel | undefined
  servedModels: readonly string[]
  /** Looks in a row without an answer. */
  misses: number
  /** This process has served: its 503 is a death. */
  hasServed: boolean
  /** Looks in a row that found requests waiting. */
  waitingLooks: number
  still: Stillness | undefined
  admission: Admission
}

/** What is set and does not change. */
export type PhaseSettings = {
  /** Name and port. */
  host: string
  /** The engine's URL without /v1. */
  rootUrl: string
  wantedModel?: string
  isWarmUpEnabled: boolean
}

type Step = {
  state: PhaseState
  settings: PhaseSettings
  nowMs: number
}

const MAX_MISSES = 3
const PROBE_SECONDS = 3
const SATURATED_LOOKS = 2
const STALL_MS = 30_000
const MAX_SERVED_CHARACTERS = 300

export function createPhaseState(options: { settings: PhaseSettings; nowMs: number }): PhaseState {
  return {
    phase: 'checking',
    details: { host: options.settings.host },
    sinceMs: options.nowMs,
    model: undefined,
    servedModels: [],
    misses: 0,
    hasServed: false,
    waitingLooks: 0,
    still: undefined,
    admission: NO_PROCESS,
  }
}

/** The phase table: what was known, what was seen and what the log says give the phase. */
export function nextPhase(
  options: Step & { observation: EngineObservation; evidence: LogEvidence },
): PhaseState {
  const { observation, evidence } = options
  const verdict = judgeObservation(observation)
  const step: Step = { ...options, state: { ...options.state, misses: 0 } }
  switch (verdict.kind) {
    case 'served':
      return whenServed({ ...step, models: verdict.models, metrics: observation.metrics })
    case 'gone':
      return whenAway({
        ...step,
        phase: PHASE_WHEN_GONE[evidence] ?? 'unreachable',
        hasServed: false,
      })
    case 'unavailable': {
      const isLoading = verdict.isLoading || evidence === 'starting' || !step.state.hasServed
      const phase = isLoading ? 'loading' : 'dead'
      return whenAway({ ...step, phase, hasServed: !isLoading, details: { status: 503 } })
    }
    case 'missed':
      return whenMissed({ ...options, verdict })
    case 'barred':
      return whenBarred({ ...step, verdict, evidence })
  }
}

/** The warm-up of that process is over, answered or not: the gate opens all the same. */
export function finishWarmUp({ epoch, ...step }: Step & { epoch: number }): PhaseState {
  const { admission, phase } = step.state
  if (admission.epoch !== epoch || admission.status !== 'warming') return step.state
  const state: PhaseState = { ...step.state, admission: { ...admission, status: 'admitted' } }
  return phase === 'warming' ? enter({ ...step, state, phase: 'ready' }) : state
}

/** A reply met the death of the engine; the next look decides what it is now. */
export function reportDeath(step: Step): PhaseState {
  return step.state.model === undefined
    ? step.state
    : whenAway({ ...step, phase: 'dead', hasServed: true })
}

const PHASE_WHEN_GONE: Partial<Record<LogEvidence, Phase>> = { starting: 'loading', died: 'dead' }

function whenServed(
  step: Step & { models: readonly ServedModel[]; metrics: EngineMetrics | undefined },
): PhaseState {
  const { models, metrics, settings, nowMs } = step
  const { wantedModel: wanted } = settings
  const servedModels = models.map(({ id }) => id)
  const known = { ...step.state, servedModels, hasServed: true }
  const model = wanted === undefined ? models[0] : models.find(({ id }) => id === wanted)
  if (model === undefined) {
    const served = joinNames(servedModels)
    const details = {
      ...(wanted === undefined ? {} : { wanted }),
      ...(served === '' ? {} : { served }),
    }
    return enter({ ...step, state: quiet(known), phase: 'wrong-model', details })
  }
  if (metrics?.isSleeping) {
    const state = { ...quiet(known), model }
    return enter({ ...step, state, phase: 'sleeping', details: { root: settings.rootUrl } })
  }
  const { isWarmUpEnabled } = settings
  const admission = admitProcess({ admission: known.admission, metrics, isWarmUpEnabled })
  const before = admission.epoch === known.admission.epoch ? known : quiet(known)
  const still = watchTokens({ still: before.still, metrics, nowMs })
  const waitingLooks = countWaiting({ looks: before.waitingLooks, metrics })
  const state = { ...before, model, admission, still, waitingLooks }
  return whenUp({ ...step, state, metrics })
}

function whenUp(step: Step & { metrics: EngineMetrics | undefined }): PhaseState {
  const { state, metrics, nowMs } = step
  const load: ErrorDetails = {
    ...(metrics?.runningRequests === undefined ? {} : { running: metrics.runningRequests }),
    ...(metrics?.waitingRequests === undefined ? {} : { waiting: metrics.waitingRequests }),
  }
  if (state.admission.status === 'warming') return enter({ ...step, phase: 'warming' })
  const stillMs = state.still === undefined ? 0 : nowMs - state.still.sinceMs
  if (stillMs >= STALL_MS) {
    const details = { ...keptLoad(state), ...load, seconds: Math.floor(stillMs / 1000) }
    return enter({ ...step, phase: 'stalled', details })
  }
  if (state.waitingLooks >= SATURATED_LOOKS) {
    return enter({ ...step, phase: 'saturated', details: { ...keptLoad(state), ...load } })
  }
  return enter({ ...step, phase: 'ready' })
}

/** A look without metrics leaves the figures of the last one. */
function keptLoad({ details }: PhaseState): ErrorDetails {
  const { running, waiting } = details
  return {
    ...(running === undefined ? {} : { running }),
    ...(waiting === undefined ? {} : { waiting }),
  }
}

function countWaiting(options: { looks: number; metrics: EngineMetrics | undefined }): number {
  const waiting = options.metrics?.waitingRequests
  if (waiting === undefined) return options.looks
  return waiting > 0 ? options.looks + 1 : 0
}

function whenAway(
  step: Step & { phase: Phase; hasServed: boolean; details?: ErrorDetails },
): PhaseState {
  const { wantedModel } = step.settings
  const wanted = step.phase === 'unreachable' && wantedModel !== undefined
  const state = { ...dismiss(step.state), hasServed: step.hasServed }
  return enter({
    ...step,
    state,
    details: { ...step.details, ...(wanted ? { wanted: wantedModel } : {}) },
  })
}

function whenMissed(step: Step & { verdict: Extract<Verdict, { kind: 'missed' }> }): PhaseState {
  const { verdict, state: before } = step
  const state = { ...before, misses: before.misses + 1 }
  if (state.misses < MAX_MISSES) return state
  const seconds = verdict.phase === 'timeout' ? { seconds: PROBE_SECONDS } : {}
  const details = { ...seconds, ...verdict.details }
  return enter({
    ...step,
    state: { ...quiet(state), model: undefined },
    phase: verdict.phase,
    details,
  })
}

/** A gateway in front of a process that the log sees loading only says that it is not there yet. */
function whenBarred(
  step: Step & { verdict: Extract<Verdict, { kind: 'barred' }>; evidence: LogEvidence },
): PhaseState {
  const { verdict, evidence } = step
  const { phase, details } = verdict
  if (verdict.isGateway && evidence === 'starting') {
    return whenAway({ ...step, phase: 'loading', hasServed: false, details })
  }
  // A key that is refused says nothing against the process.
  if (phase === 'unauthorized') {
    return enter({ ...step, state: { ...quiet(step.state), model: undefined }, phase, details })
  }
  return whenAway({ ...step, phase, hasServed: step.state.hasServed, details })
}

function quiet(state: PhaseState): PhaseState {
  return { ...state, waitingLooks: 0, still: undefined, model: undefined }
}

function dismiss(state: PhaseState): PhaseState {
  return { ...quiet(state), servedModels: [], admission: dismissProcess(state.admission) }
}

function enter(step: Step & { phase: Phase; details?: ErrorDetails }): PhaseState {
  const { state, phase, details, settings, nowMs } = step
  return {
    ...state,
    phase,
    details: { host: settings.host, ...details },
    sinceMs: phase === state.phase ? state.sinceMs : nowMs,
  }
}

function joinNames(names: readonly string[]): string {
  const text = names.join(', ')
  if (text.length <= MAX_SERVED_CHARACTERS) return text
  return `${text.slice(0, MAX_SERVED_CHARACTERS - 1)}…`
}
