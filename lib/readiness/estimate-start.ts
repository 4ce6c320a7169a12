import { START_STAGES, type StartStage } from '@/lib/domain/readiness'
import type { StartRecord } from './start-record'

/** Shares of a start that was never seen before, with a download in it. */
const FIXED_SHARES: Record<StartStage, number> = {
  starting: 0.04,
  installing: 0,
  resolving: 0.08,
  downloading: 0.23,
  weights: 0.2,
  compiling: 0.23,
  'kv-cache': 0.04,
  graphs: 0.11,
  serving: 0.07,
  started: 0,
}

/** With nothing to go by, a stage nears its end in this pace without ever reaching it. */
const PACE_MS: Partial<Record<StartStage, number>> = { downloading: 120_000 }
const USUAL_PACE_MS = 20_000

/** A stage that takes longer than last time, and a start that is not over, never look complete. */
const MAX_WITHIN = 0.95
const MAX_UNFINISHED = 0.99

/**
 * Share of the start that is behind us, 0–1: by the stage times of the last complete start, else by
 * fixed weights and, within a stage, what the engine's own progress bars say (`barFraction`).
 */
export function estimateStart(options: {
  stage: StartStage
  inStageMs: number
  barFraction?: number | undefined
  expected?: StartRecord | undefined
}): number {
  const { stage, inStageMs, barFraction, expected } = options
  if (stage === 'started') return 1
  const shares = toShares(expected)
  let behind = 0
  for (const earlier of START_STAGES.slice(0, START_STAGES.indexOf(stage))) {
    behind += shares[earlier]
  }
  const within = withinStage({ stage, inStageMs, barFraction, expectedMs: expected?.stages[stage] })
  return Math.min(MAX_UNFINISHED, behind + shares[stage] * Math.min(MAX_WITHIN, within))
}

function toShares(expected: StartRecord | undefined): Record<StartStage, number> {
  if (expected === undefined) return FIXED_SHARES
  const shares = { ...FIXED_SHARES }
  for (const stage of START_STAGES) {
    shares[stage] = (expected.stages[stage] ?? 0) / expected.totalMs
  }
  return shares
}

/** A known time beats the bars: they cover only a part of their stage. */
function withinStage(options: {
  stage: StartStage
  inStageMs: number
  barFraction: number | undefined
  expectedMs: number | undefined
}): number {
  const { stage, inStageMs, barFraction, expectedMs } = options
  if (expectedMs !== undefined && expectedMs > 0) return inStageMs / expectedMs
  return barFraction ?? 1 - Math.exp(-inStageMs / (PACE_MS[stage] ?? USUAL_PACE_MS))
}
