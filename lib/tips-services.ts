import type { Ledger } from './chat/create-ledger'
import type { Env } from './config/env'
import type { TraceStore } from './db/create-trace-store'
import type { LabelComparison, TipsRecord } from './domain/tips'
import type { TipsLabel, TipsState } from './domain/tips-view'
import type { EngineSamples } from './readiness/create-engine-samples'
import type { ReadinessMonitor } from './readiness/readiness-monitor'
import type { ServiceLogger } from './service-logger'
import { compareLabels } from './tips/compare-labels'
import { createTipsRunner, type TipsRunner } from './tips/create-tips-runner'
import { enterStreams } from './tips/enter-streams'
import type { TipsPorts } from './tips/tips-ports'
import { toTipCards } from './tips/to-tip-cards'
import { createTipsFiles } from './tips-files/create-tips-files'

/** The page of the tips: what is known of each, the recorded runs, and the one that is under way. */
export type TipsServices = Pick<TipsRunner, 'start' | 'stop' | 'close'> & {
  state(): Promise<TipsState>
  compare(labels: { before: string; after: string }): Promise<LabelComparison | undefined>
}

/** The answers that the symptoms are read from. */
const RECENT_ROWS = 200
const RECENT_MS = 60_000

export function createTipsServices(options: {
  env: Pick<Env, 'dataDir'>
  logger: ServiceLogger
  engine: TipsPorts['engine']
  monitor: Pick<ReadinessMonitor, 'current' | 'requireModel' | 'startFacts'>
  samples: Pick<EngineSamples, 'latest'>
  traces: Pick<TraceStore, 'listTimingPage'>
  ledger: Pick<Ledger, 'enter'>
  activeChats: () => number
}): TipsServices {
  const { env, logger, monitor, samples, traces, ledger, activeChats } = options
  const files = createTipsFiles(env)
  const runner = createTipsRunner({
    engine: enterStreams({ engine: options.engine, enter: ledger.enter }),
    activeChats,
    target: () => toTarget(monitor),
    save: files.save,
    warn: (fields, message) => logger.warn(fields, message),
  })
  return {
    start: runner.start,
    stop: runner.stop,
    close: runner.close,
    async state() {
      const [records, { rows }] = await Promise.all([
        files.list(),
        traces.listTimingPage({ filter: { status: 'complete' }, limit: RECENT_ROWS }),
      ])
      const cards = toTipCards({
        rows,
        metrics: samples.latest(RECENT_MS)?.metrics,
        maxModelLen: monitor.current().model?.maxModelLen,
        logFacts: monitor.startFacts(),
      })
      const run = runner.run()
      const last = runner.last()
      return {
        cards,
        labels: toLabels(records),
        ...(run === undefined ? {} : { run }),
        ...(last === undefined ? {} : { last }),
      }
    },
    compare: async (labels) => compareLabels({ records: await files.list(), ...labels }),
  }
}

function toTarget(monitor: Pick<ReadinessMonitor, 'current' | 'requireModel'>) {
  const id = monitor.requireModel()
  const { model, engineVersion } = monitor.current()
  return {
    model: id,
    ...(model?.maxModelLen === undefined ? {} : { maxModelLen: model.maxModelLen }),
    ...(engineVersion === undefined ? {} : { version: engineVersion }),
  }
}

function toLabels(records: readonly TipsRecord[]): TipsLabel[] {
  const byLabel = Map.groupBy(records, ({ label }) => label)
  return [...byLabel]
    .map(([label, runs]) => ({
      label,
      runs: runs.length,
      lastAtMs: Math.max(...runs.map(({ startedAtMs }) => startedAtMs)),
      measurements: [...new Set(runs.flatMap(({ measurements }) => measurements))],
    }))
    .toSorted((a, b) => a.lastAtMs - b.lastAtMs)
}
