import type { StartFailure, StartProgress } from '@/lib/domain/readiness'
import type { LogBatch } from '@/lib/engine/follow-log'
import { type LogLine, parseLogLine } from '@/lib/engine/parse-log-line'
import type { StartRecord } from './start-record'
import { advanceRun, completeRun, createRun, progressAt, type StartRun, stageAt } from './start-run'

/** What the followed log has told; all times are of the caller's monotonic clock. */
export type StartState = {
  run?: StartRun
  lastLineAtMs?: number
  /** The start before the present one: what its progress is measured against. */
  expected?: StartRecord
  /** The newest complete start. */
  record?: StartRecord
}

/**
 * What the log says of the process: `starting` and not over, `failed` on a fatal line, `serving`,
 * `exited`, `died` (it had served, and nobody asked it to end), or nothing of use. It explains a phase
 * and never decides on it alone.
 */
export type LogEvidence = 'none' | 'starting' | 'failed' | 'serving' | 'exited' | 'died'

const STUCK_MS = 60_000
/** vLLM itself gives up on a core that takes longer (VLLM_ENGINE_READY_TIMEOUT_S). */
const STALE_MS = 600_000
/** The cause stands up to thirty lines behind the wrapper's own failure. */
const CAUSE_MS = 2000
/** The port opens just after the log says so. */
const OPENING_MS = 5000

/** Takes in one line of the log. Fatal lines do not count while `/health` is 200. */
export function reduceLogLine(options: {
  state: StartState
  line: LogLine
  atMs: number
  isHealthy?: boolean
}): StartState {
  const { line, atMs, isHealthy = false } = options
  const state = { ...options.state, lastLineAtMs: atMs }
  if (isHealthy && line.failure !== undefined) return state
  const run = beginsRun({ run: state.run, line })
    ? createRun({ atMs, isWhole: line.isProcessStart === true })
    : state.run
  if (run === undefined) return state
  const expected = run === state.run ? state.expected : (state.record ?? state.expected)
  const advanced = advanceRun({ run, line, atMs, expected })
  const next = { ...state, ...(expected === undefined ? {} : { expected }), run: advanced }
  const isJustReady = run.readyAtMs === undefined && advanced.readyAtMs !== undefined
  return isJustReady ? withRecord(next) : next
}

/**
 * Takes in what the follower read. Live lines are as old as the look; those of a backlog are dated
 * by their own stamps, back from the moment when the file was last written.
 */
export function reduceLogBatch(options: {
  state: StartState
  batch: LogBatch
  nowMs: number
  isHealthy?: boolean
}): StartState {
  const { batch, nowMs, isHealthy = false } = options
  const lines = batch.lines.map((line) => parseLogLine(line))
  const times = batch.isBacklog
    ? dateBacklog({ lines, endMs: nowMs - batch.ageMs })
    : lines.map(() => nowMs)
  let { state } = options
  for (const [index, line] of lines.entries()) {
    state = reduceLogLine({ state, line, atMs: times[index] ?? nowMs, isHealthy })
  }
  return state
}

/** `/health` is 200: the start is over, whatever the log says, and what looked fatal was not. */
export function noteHealthy({ state, nowMs }: { state: StartState; nowMs: number }): StartState {
  const { run } = state
  if (run === undefined || (run.isSeenUp && run.readyAtMs !== undefined)) return state
  const isSeenUp = run.exitedAtMs === undefined
  if (run.readyAtMs !== undefined) return { ...state, run: { ...run, isSeenUp } }
  // A second server may start beside the one that answers: its time would not be a whole start's.
  const hasCache = run.passed.some(({ stage }) => stage === 'kv-cache') || run.stage === 'kv-cache'
  const done = completeRun({ run: { ...run, isSeenUp }, atMs: nowMs })
  return withRecord({ ...state, run: { ...done, isWhole: run.isWhole && hasCache } })
}

export function toLogEvidence({ state, nowMs }: { state: StartState; nowMs: number }): LogEvidence {
  const { run } = state
  if (run === undefined) return 'none'
  if (toStartFailure({ state, nowMs }) !== undefined) return 'failed'
  if (run.exitedAtMs !== undefined) {
    return run.isDead && run.readyAtMs !== undefined ? 'died' : 'exited'
  }
  if (run.readyAtMs !== undefined) {
    return !run.isSeenUp && nowMs - run.readyAtMs < OPENING_MS ? 'starting' : 'serving'
  }
  const isStale = silenceMs({ state, nowMs }) > STALE_MS && !isDownloading({ run, nowMs })
  return isStale ? 'none' : 'starting'
}

/** `undefined` as long as no start was seen. */
export function toStartProgress(options: {
  state: StartState
  nowMs: number
}): StartProgress | undefined {
  const { state, nowMs } = options
  const { run, expected } = state
  if (run === undefined) return undefined
  const endMs = run.readyAtMs ?? run.failure?.atMs ?? run.exitedAtMs
  const atMs = endMs ?? nowMs
  const { stage, sinceMs } = stageAt({ run, nowMs: atMs })
  const sinceLastLineMs = silenceMs({ state, nowMs })
  const isWaiting = endMs === undefined && stage !== 'downloading'
  const open = stage === run.stage ? [] : [{ stage: run.stage, elapsedMs: sinceMs - run.stageAtMs }]
  return {
    stage,
    progress: progressAt({ run, expected, nowMs: atMs }),
    ...(run.stagePercent === undefined ? {} : { stagePercent: run.stagePercent }),
    elapsedMs: atMs - run.startedAtMs,
    ...(expected === undefined ? {} : { lastStartMs: expected.totalMs }),
    sinceLastLineMs,
    isStuck: isWaiting && sinceLastLineMs >= STUCK_MS,
    stages: [...run.passed, ...open],
    facts: run.facts,
  }
}

/** The fatal line of a start that is not over; a general one only when no cause followed it in time. */
export function toStartFailure(options: {
  state: StartState
  nowMs: number
}): StartFailure | undefined {
  const failure = options.state.run?.failure
  if (failure === undefined) return undefined
  if (failure.isGeneral && options.nowMs - failure.atMs < CAUSE_MS) return undefined
  return { code: failure.code, details: failure.details, line: failure.line }
}

/**
 * Some processes print no banner (a wrong argument ends them before it, a collector may swallow it):
 * a first sign of life after the last one's end is a new process as well.
 */
function beginsRun({ run, line }: { run: StartRun | undefined; line: LogLine }): boolean {
  if (line.isProcessStart) return true
  if (run === undefined) return line.milestone !== undefined || line.failure !== undefined
  const isOver = run.readyAtMs !== undefined || run.exitedAtMs !== undefined
  if (line.failure?.code === 'bad-arguments') return isOver
  const isFirstWord = line.milestone === 'resolved' || line.milestone === 'engine-init'
  return isFirstWord && (isOver || run.failure !== undefined)
}

function withRecord(state: StartState): StartState {
  const { run } = state
  if (run?.readyAtMs === undefined || !run.isWhole) return state
  const stages: StartRecord['stages'] = {}
  for (const { stage, elapsedMs } of run.passed) stages[stage] = elapsedMs
  const totalMs = run.readyAtMs - run.startedAtMs
  return totalMs > 0 ? { ...state, record: { totalMs, stages } } : state
}

function silenceMs({ state, nowMs }: { state: StartState; nowMs: number }): number {
  return Math.max(0, nowMs - (state.lastLineAtMs ?? nowMs))
}

function isDownloading(options: { run: StartRun; nowMs: number }): boolean {
  return stageAt(options).stage === 'downloading'
}

const YEAR_MS = 366 * 86_400_000

function dateBacklog({ lines, endMs }: { lines: readonly LogLine[]; endMs: number }): number[] {
  const stamps = lines.map((line) => line.loggedAtMs)
  const last = stamps.findLast((stamp) => stamp !== undefined)
  let stamp = stamps.find((found) => found !== undefined)
  let latest = Number.NEGATIVE_INFINITY
  return stamps.map((found) => {
    stamp = found ?? stamp
    // Of its year only: a December start that ends in January.
    const behind = last === undefined || stamp === undefined ? 0 : last - stamp
    const agoMs = behind < -YEAR_MS / 2 ? behind + YEAR_MS : Math.max(0, behind)
    latest = Math.max(latest, endMs - agoMs)
    return latest
  })
}
