import type { LocalFacts, LocalFailure, LocalLogLine, LocalStage } from './parse-local-log-line'

/** What the gate needs to show the local engine's start; durations are for the caller's clock. */
export type LocalEngineStatus = {
  /** `waiting`: it ended and will be started again; `failed`: it will not, until `start()` is called anew. */
  state: 'stopped' | 'starting' | 'ready' | 'waiting' | 'failed'
  /** Of the present start; after a failure the stage it failed in. */
  stage: LocalStage
  /** 0–100 within the stage. */
  percent?: number
  /** All that this start has told so far: model, total_mb, max_model_len, load_s … */
  facts: LocalFacts
  /** Stages passed through, the present one last. */
  stages: { stage: LocalStage; startedAtMs: number }[]
  /** Of the last end, until the next start is ready. */
  failure?: LocalFailure
  startedAtMs: number
  lastLineAtMs: number
  /** Starts that followed an end nobody asked for. */
  restarts: number
  /** With `waiting`. */
  nextStartAtMs?: number
  pid?: number
}

export const STOPPED: LocalEngineStatus = {
  state: 'stopped',
  stage: 'stopped',
  facts: {},
  stages: [],
  startedAtMs: 0,
  lastLineAtMs: 0,
  restarts: 0,
}

/** A process was started; an earlier failure stays to be seen until this start is ready. */
export function toStarted(options: {
  status: LocalEngineStatus
  pid: number | undefined
  isRestart: boolean
  atMs: number
}): LocalEngineStatus {
  const { status, pid, isRestart, atMs } = options
  return {
    state: 'starting',
    stage: 'starting',
    facts: {},
    stages: [{ stage: 'starting', startedAtMs: atMs }],
    startedAtMs: atMs,
    lastLineAtMs: atMs,
    restarts: isRestart ? status.restarts + 1 : 0,
    ...(isRestart && status.failure !== undefined ? { failure: status.failure } : {}),
    ...(pid === undefined ? {} : { pid }),
  }
}

/** A line of its log came. */
export function toNextStatus(options: {
  status: LocalEngineStatus
  line: LocalLogLine
  atMs: number
}): LocalEngineStatus {
  const { status, line, atMs } = options
  if (line.failure !== undefined) return { ...status, failure: line.failure, lastLineAtMs: atMs }
  if (line.stage === 'stopped') return { ...status, lastLineAtMs: atMs }
  const { percent: _percent, failure, ...rest } = status
  const isNew = status.stage !== line.stage
  const isReady = line.stage === 'ready'
  return {
    ...rest,
    ...(failure !== undefined && !isReady ? { failure } : {}),
    ...(line.percent === undefined ? {} : { percent: line.percent }),
    state: isReady ? 'ready' : 'starting',
    stage: line.stage,
    facts: { ...status.facts, ...line.facts },
    stages: isNew ? [...status.stages, { stage: line.stage, startedAtMs: atMs }] : status.stages,
    lastLineAtMs: atMs,
  }
}

/** The process ended and nobody had asked for it. */
export function toEnded(options: {
  status: LocalEngineStatus
  failure: LocalFailure
  nextStartAtMs: number | undefined
}): LocalEngineStatus {
  const { status, failure, nextStartAtMs } = options
  const { pid: _pid, nextStartAtMs: _next, ...rest } = status
  return nextStartAtMs === undefined
    ? { ...rest, state: 'failed', failure }
    : { ...rest, state: 'waiting', failure, nextStartAtMs }
}
