import type { StartFailure, StartProgress, StartStage } from '@/lib/domain/readiness'
import type { LocalEngineStatus } from './local-engine-status'
import type { LocalStage } from './parse-local-log-line'

/** The gate's stages for this engine: those of a vLLM start, and the one that only this engine has. */
export type LocalStartStage = StartStage | 'installing'

export type LocalStartProgress = Omit<StartProgress, 'stage' | 'stages'> & {
  stage: LocalStartStage
  stages: { stage: LocalStartStage; elapsedMs: number }[]
}

const GATE_STAGES: Record<LocalStage, LocalStartStage> = {
  starting: 'starting',
  installing: 'installing',
  fetching: 'downloading',
  checking: 'weights',
  loading: 'weights',
  ready: 'started',
  failed: 'starting',
  stopped: 'starting',
}

/** Where each stage begins and ends on the bar of a whole start; a later start begins at `checking`. */
const SHARES: Record<LocalStage, [number, number]> = {
  starting: [0, 0.02],
  installing: [0.02, 0.3],
  fetching: [0.3, 0.85],
  checking: [0.85, 0.9],
  loading: [0.9, 1],
  ready: [1, 1],
  failed: [0, 0],
  stopped: [0, 0],
}

const STUCK_MS = 60_000

/** What the gate shows of the start; `undefined` once it is ready, or when nothing starts. */
export function toStartProgress(options: {
  status: LocalEngineStatus
  /** The clock of the status. */
  nowMs: number
}): LocalStartProgress | undefined {
  const { status, nowMs } = options
  if (status.state !== 'starting') return undefined
  const { stage, percent = 0, facts, lastLineAtMs, startedAtMs } = status
  const [from, to] = SHARES[stage]
  const sinceLastLineMs = Math.max(0, nowMs - lastLineAtMs)
  const isDownload = stage === 'installing' || stage === 'fetching'
  return {
    stage: GATE_STAGES[stage],
    progress: from + ((to - from) * percent) / 100,
    ...(status.percent === undefined ? {} : { stagePercent: status.percent }),
    elapsedMs: Math.max(0, nowMs - startedAtMs),
    sinceLastLineMs,
    isStuck: !isDownload && sinceLastLineMs >= STUCK_MS,
    stages: toGateStages(options),
    facts,
  }
}

/** The last failure, its code as the message files have it: `local-no-pip`. */
export function toStartFailure({ failure }: LocalEngineStatus): StartFailure | undefined {
  if (failure === undefined) return undefined
  const { code, facts } = failure
  return { code: `local-${code}`, details: facts, line: String(facts.reason ?? code) }
}

/** Neighbours that are one stage to the gate become one. */
function toGateStages(options: {
  status: LocalEngineStatus
  nowMs: number
}): LocalStartProgress['stages'] {
  const { status, nowMs } = options
  const shown: LocalStartProgress['stages'] = []
  for (const [index, { stage, startedAtMs }] of status.stages.entries()) {
    const endedAtMs = status.stages[index + 1]?.startedAtMs ?? nowMs
    const elapsedMs = Math.max(0, endedAtMs - startedAtMs)
    const last = shown.at(-1)
    if (last?.stage === GATE_STAGES[stage]) last.elapsedMs += elapsedMs
    else shown.push({ stage: GATE_STAGES[stage], elapsedMs })
  }
  return shown
}
