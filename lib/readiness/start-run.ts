import type { ErrorDetails } from '@/lib/domain/error'
import { START_STAGES, type StartStage } from '@/lib/domain/readiness'
import type { LogFailure } from '@/lib/engine/log-failures'
import type { LogLine } from '@/lib/engine/parse-log-line'
import { estimateStart } from './estimate-start'
import type { StartRecord } from './start-record'

/** One life of the engine's process as its log tells it, from its banner. */
export type StartRun = {
  startedAtMs: number
  /** Followed from its beginning to its end, so that its time can be compared. */
  isWhole: boolean
  stage: StartStage
  stageAtMs: number
  passed: readonly { stage: StartStage; elapsedMs: number }[]
  stagePercent?: number
  /** Bars that ended within the stage before the present one. */
  barsBefore: number
  /** The weights are sought and may have to be downloaded first, which vLLM does in silence. */
  weightsSoughtAtMs?: number
  facts: ErrorDetails
  failure?: LogFailure & { atMs: number }
  readyAtMs?: number
  exitedAtMs?: number
  /** It ended though nobody had asked it to. */
  isDead?: true
  /** /health was 200 since. */
  isSeenUp: boolean
  /** The furthest the bar has been. */
  peak: number
}

/** Looking into the cache of downloads takes less. */
const SEARCH_MS = 5000

export function createRun(options: { atMs: number; isWhole: boolean }): StartRun {
  const { atMs, isWhole } = options
  return {
    startedAtMs: atMs,
    isWhole,
    stage: 'starting',
    stageAtMs: atMs,
    passed: [],
    barsBefore: 0,
    facts: {},
    isSeenUp: false,
    peak: 0,
  }
}

/** Takes in one line of this process; time never runs backwards in it. */
export function advanceRun(options: {
  run: StartRun
  line: LogLine
  atMs: number
  expected: StartRecord | undefined
}): StartRun {
  const { line, expected } = options
  const atMs = Math.max(options.atMs, options.run.stageAtMs)
  if (line.isExit) {
    const death = line.isDeath === true ? { isDead: true as const } : {}
    return { ...options.run, ...death, exitedAtMs: options.run.exitedAtMs ?? atMs }
  }
  if (options.run.readyAtMs !== undefined) return options.run
  let run = holdPeak({ run: options.run, expected, atMs })
  if (line.facts !== undefined) run = { ...run, facts: { ...run.facts, ...line.facts } }
  if (line.failure !== undefined) return withFailure({ run, failure: line.failure, atMs })
  if (line.isReady) return completeRun({ run, atMs })
  if (line.milestone === 'load-start') return seekWeights({ run, atMs })
  if (line.stage === undefined || isSummaryOnly({ run, line })) return run
  if (line.stage !== 'starting' && line.stage !== 'resolving')
    run = findWeights({ run, line, atMs })
  return withBar({ run: enterStage({ run, stage: line.stage, atMs }), line })
}

/** Only forwards: several processes write into one log. */
function enterStage(options: { run: StartRun; stage: StartStage; atMs: number }): StartRun {
  const { run, stage } = options
  if (START_STAGES.indexOf(stage) <= START_STAGES.indexOf(run.stage)) return run
  const atMs = Math.max(options.atMs, run.stageAtMs)
  const { stagePercent: _, ...rest } = run
  return {
    ...rest,
    stage,
    stageAtMs: atMs,
    passed: [...run.passed, { stage: run.stage, elapsedMs: atMs - run.stageAtMs }],
    barsBefore: 0,
  }
}

export function completeRun(options: { run: StartRun; atMs: number }): StartRun {
  const run = enterStage({ ...options, stage: 'started' })
  const { failure: _, weightsSoughtAtMs: __, ...rest } = run
  return { ...rest, readyAtMs: options.atMs }
}

/** The stage at this moment: weights that do not come are being downloaded. */
export function stageAt(options: { run: StartRun; nowMs: number }): {
  stage: StartStage
  sinceMs: number
} {
  const { run, nowMs } = options
  const soughtAtMs = run.weightsSoughtAtMs
  return soughtAtMs !== undefined && nowMs - soughtAtMs > SEARCH_MS
    ? { stage: 'downloading', sinceMs: soughtAtMs }
    : { stage: run.stage, sinceMs: run.stageAtMs }
}

export function progressAt(options: {
  run: StartRun
  expected: StartRecord | undefined
  nowMs: number
}): number {
  const { run, expected, nowMs } = options
  const { stage, sinceMs } = stageAt({ run, nowMs })
  const estimate = estimateStart({
    stage,
    inStageMs: Math.max(0, nowMs - sinceMs),
    barFraction: barFraction(run),
    expected,
  })
  return Math.max(run.peak, estimate)
}

function holdPeak(options: {
  run: StartRun
  expected: StartRecord | undefined
  atMs: number
}): StartRun {
  return {
    ...options.run,
    peak: progressAt({ ...options, nowMs: options.atMs }),
  }
}

/** A bar that begins anew (a second kind of graph) covers half of what is left. */
function barFraction(run: StartRun): number | undefined {
  if (run.stagePercent === undefined) return undefined
  return 1 - 0.5 ** run.barsBefore * (1 - run.stagePercent / 200)
}

function withBar({ run, line }: { run: StartRun; line: LogLine }): StartRun {
  const percent = line.stagePercent
  const hasBar = run.stage === 'weights' || run.stage === 'graphs'
  if (!hasBar || line.stage !== run.stage || percent === undefined) return run
  const isNewBar = run.stagePercent !== undefined && percent < run.stagePercent
  return { ...run, stagePercent: percent, barsBefore: run.barsBefore + (isNewBar ? 1 : 0) }
}

/** A start without graphs prints the summary of the memory too. */
function isSummaryOnly({ run, line }: { run: StartRun; line: LogLine }): boolean {
  return (
    line.milestone === 'graphs-done' && run.stage !== 'graphs' && line.facts?.graphsMs === undefined
  )
}

function seekWeights({ run, atMs }: { run: StartRun; atMs: number }): StartRun {
  if (START_STAGES.indexOf(run.stage) >= START_STAGES.indexOf('downloading')) return run
  if (run.weightsSoughtAtMs !== undefined) return run
  if (isLocalPath(run.facts.model)) return enterStage({ run, stage: 'weights', atMs })
  return { ...run, weightsSoughtAtMs: atMs }
}

/** The first word of the weights tells whether the silence before it was a download. */
function findWeights(options: { run: StartRun; line: LogLine; atMs: number }): StartRun {
  const { line, atMs } = options
  const { weightsSoughtAtMs: soughtAtMs, ...run } = options.run
  if (soughtAtMs === undefined) return options.run
  if (line.stage === 'downloading')
    return enterStage({ run, stage: 'downloading', atMs: soughtAtMs })
  const loadMs = Number(line.facts?.weightsLoadMs ?? 0)
  const weightsAtMs = Math.max(soughtAtMs, atMs - loadMs)
  if (line.milestone !== 'downloaded' && weightsAtMs - soughtAtMs <= SEARCH_MS) {
    return enterStage({ run, stage: 'weights', atMs: soughtAtMs })
  }
  const downloading = enterStage({ run, stage: 'downloading', atMs: soughtAtMs })
  return enterStage({ run: downloading, stage: 'weights', atMs: weightsAtMs })
}

function isLocalPath(model: string | number | undefined): boolean {
  return /^(?:[/.~]|[A-Za-z]:\\)/.test(String(model ?? ''))
}

/** The specific one wins over the general one, the first over those that follow from it. */
function withFailure(options: { run: StartRun; failure: LogFailure; atMs: number }): StartRun {
  const { run, failure, atMs } = options
  const known = run.failure
  const isBetter = known === undefined || (known.isGeneral && !failure.isGeneral)
  return isBetter ? { ...run, failure: { ...failure, atMs: known?.atMs ?? atMs } } : run
}
