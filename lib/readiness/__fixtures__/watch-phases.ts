import type { EngineObservation } from '@/lib/engine/probe-engine'
import type { EngineMetrics } from '@/lib/engine/read-metrics'
import { createPhaseState, nextPhase, type PhaseSettings, type PhaseState } from '../next-phase'
import type { LogEvidence } from '../start-progress'
import { seen } from './observations'

export const SETTINGS: PhaseSettings = {
  host: '127.0.0.1:8000',
  rootUrl: 'http://127.0.0.1:8000',
  isWarmUpEnabled: false,
}
export const HOST = { host: SETTINGS.host }

export type Look = EngineObservation | { log: LogEvidence; observation: EngineObservation }

/** One look a second, from the beginning; every state on the way. */
export function watch(looks: readonly Look[], more: Partial<PhaseSettings> = {}): PhaseState[] {
  const settings = { ...SETTINGS, ...more }
  let state = createPhaseState({ settings, nowMs: 0 })
  return looks.map((look, index) => {
    const observation = 'log' in look ? look.observation : look
    const evidence = 'log' in look ? look.log : 'none'
    state = nextPhase({ state, settings, observation, evidence, nowMs: (index + 1) * 1000 })
    return state
  })
}

export const phases = (looks: readonly Look[], more: Partial<PhaseSettings> = {}) =>
  watch(looks, more).map(({ phase }) => phase)
export const logged = (log: LogEvidence, observation = seen.refused()): Look => ({
  log,
  observation,
})
export const times = (count: number, observation: EngineObservation) =>
  Array.from({ length: count }, () => observation)

export const REST: EngineMetrics = {
  processStartedAtMs: 1000,
  runningRequests: 0,
  waitingRequests: 0,
  generationTokens: 5,
  promptTokens: 9,
}
