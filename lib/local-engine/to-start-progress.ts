import type { StartFailure, StartProgress, StartStage } from '@/lib/domain/readiness'
import type { LocalEngineStatus } from './local-engine-status'
import type { LocalStage } from './parse-local-log-line'

const GATE_STAGES: Record<LocalStage, StartStage> = {
  starting: 'starting',
  installing: 'installing',
  fetching: 'downloading',
  checking: 'weights',
  loading: 'weights',
  ready: 'started',
  failed: 'starting',
  stopped: 'starting',
}

type Shares = Record<LocalStage, [from: number, to: number]>

/** Where each stage begins and ends on the bar of a first start. */
const FIRST_SHARES: Shares = {
  starting: [0, 0.02],
  installing: [0.02, 0.3],
  fetching: [0.3, 0.85],
  checking: [0.85, 0.9],
  loading: [0.9, 1],
  ready: [1, 1],
  failed: [0, 0],
  stopped: [0, 0],
}

/** Of one that finds everything in its place. */
const LATER_SHARES: Shares = { ...FIRST_SHARES, checking: [0.02, 0.2], loading: [0.2, 1] }

const STUCK_MS = 60_000
/** An install does not know its whole: the bar nears its end in this pace without reaching it. */
const INSTALL_PACE_MS = 10_000

/** What the gate shows of a start that goes on or has just ended well; else `undefined`. */
export function toStartProgress(options: {
  status: LocalEngineStatus
  /** The clock of the status. */
  nowMs: number
}): StartProgress | undefined {
  const { status, nowMs } = options
  if (status.state !== 'starting' && status.state !== 'ready') return undefined
  const { stage, stages, facts, lastLineAtMs, startedAtMs } = status
  const hasFetched = stages.some(({ stage }) => stage === 'installing' || stage === 'fetching')
  const [from, to] = (hasFetched ? FIRST_SHARES : LATER_SHARES)[stage]
  const sinceLastLineMs = Math.max(0, nowMs - lastLineAtMs)
  const isDownload = stage === 'installing' || stage === 'fetching'
  const canHang = status.state === 'starting' && !isDownload
  const download = isDownload ? toDownload(status) : undefined
  return {
    stage: GATE_STAGES[stage],
    progress: from + (to - from) * shareOfStage(options),
    ...(status.percent === undefined ? {} : { stagePercent: status.percent }),
    ...(download === undefined ? {} : { download }),
    elapsedMs: Math.max(0, nowMs - startedAtMs),
    sinceLastLineMs,
    isStuck: canHang && sinceLastLineMs >= STUCK_MS,
    stages: toGateStages(options),
    facts,
  }
}

/** The last failure, its code as the message files have it: `local-no-pip`. */
export function toStartFailure(options: {
  status: LocalEngineStatus
  /** The clock of the status. */
  nowMs: number
}): StartFailure | undefined {
  const { failure, nextStartAtMs } = options.status
  if (failure === undefined) return undefined
  const { code, facts } = failure
  const pairs = Object.entries(facts).map(([name, value]) => `${name}=${value}`)
  return {
    code: `local-${code}`,
    details: facts,
    line: String(facts.reason ?? [code, ...pairs].join(' ')),
    ...(nextStartAtMs === undefined
      ? {}
      : { nextTryInMs: Math.max(0, nextStartAtMs - options.nowMs) }),
  }
}

function shareOfStage({ status, nowMs }: { status: LocalEngineStatus; nowMs: number }): number {
  const { stage, stages, percent } = status
  if (percent !== undefined) return percent / 100
  if (stage !== 'installing') return 0
  const inStageMs = Math.max(0, nowMs - (stages.at(-1)?.startedAtMs ?? nowMs))
  return 1 - Math.exp(-inStageMs / INSTALL_PACE_MS)
}

function toDownload({ facts }: LocalEngineStatus): StartProgress['download'] {
  const { done_mb: doneMb, total_mb: totalMb } = facts
  if (typeof doneMb !== 'number') return undefined
  return { doneMb, ...(typeof totalMb === 'number' ? { totalMb } : {}) }
}

/** Neighbours that are one stage to the gate become one. */
function toGateStages(options: {
  status: LocalEngineStatus
  nowMs: number
}): StartProgress['stages'] {
  const { status, nowMs } = options
  const shown: StartProgress['stages'] = []
  for (const [index, { stage, startedAtMs }] of status.stages.entries()) {
    const endedAtMs = status.stages[index + 1]?.startedAtMs ?? nowMs
    const elapsedMs = Math.max(0, endedAtMs - startedAtMs)
    const last = shown.at(-1)
    if (last?.stage === GATE_STAGES[stage]) last.elapsedMs += elapsedMs
    else shown.push({ stage: GATE_STAGES[stage], elapsedMs })
  }
  return shown
}
