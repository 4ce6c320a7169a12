import { parseScenario } from './parse-scenario.ts'
import type { Scenario, ScenarioPatch } from './scenario.ts'

export type ScenarioBook = {
  engine: () => Scenario
  forSession: (sessionId: string | undefined) => Scenario
  merge: (patch: ScenarioPatch) => void
  /** Takes the patches of one session back, or those of the engine and of every session. */
  remove: (sessionId: string | undefined) => void
}

/** Holds the scenario of the engine and the ones of single sessions laid over it. */
export function createScenarioBook(initial: ScenarioPatch): ScenarioBook {
  let general: ScenarioPatch = initial
  let engine = parseScenario(general)
  const sessions = new Map<string, ScenarioPatch>()

  return {
    engine: () => engine,
    forSession: (sessionId) => {
      const own = sessionId === undefined ? undefined : sessions.get(sessionId)
      return own === undefined ? engine : parseScenario(general, own)
    },
    merge: (patch) => {
      const { match, ...values } = patch
      if (match === undefined) {
        general = { ...general, ...values }
        engine = parseScenario(general)
      } else {
        sessions.set(match.sessionId, { ...sessions.get(match.sessionId), ...values })
      }
    },
    remove: (sessionId) => {
      if (sessionId !== undefined) {
        sessions.delete(sessionId)
        return
      }
      general = initial
      engine = parseScenario(general)
      sessions.clear()
    },
  }
}
