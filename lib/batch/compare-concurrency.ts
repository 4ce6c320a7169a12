import type {
  BatchOutcome,
  BatchResult,
  BatchRow,
  CompareLevel,
  CompareReport,
} from '@/lib/domain/batch'
import { percentile } from '@/lib/timing/percentile'
import { SYSTEM_CLOCK } from './batch-clock'
import { runBatch } from './run-batch'
import type { RunBatchOptions } from './run-state'

/** Of the best throughput; the knee is where so much of it is reached. */
const KNEE_SHARE = 0.9

/** 1, 2, 4, 8 … and last all at once. */
export function toLevels({ rows, max }: { rows: number; max: number }): number[] {
  const top = Math.max(1, Math.min(rows, max))
  const levels: number[] = []
  for (let level = 1; level < top; level *= 2) levels.push(level)
  return [...levels, top]
}

/**
 * Asks the same rows at one concurrency after the other. Before that each is asked once for a single
 * token, so that no level has the cache of the one before it to thank. Nothing is kept of the answers.
 * `onLevel` is told with each level; a run that is cancelled or halted ends it.
 */
export async function compareConcurrency(
  options: Omit<RunBatchOptions, 'rows' | 'record'> & {
    rows: readonly BatchRow[]
    levels: readonly number[]
    onLevel?: (report: CompareReport) => void
  },
): Promise<{ outcome: BatchOutcome; report: CompareReport }> {
  const { rows, levels, onLevel } = options
  const measured: CompareLevel[] = []
  const report = () => toCompareReport({ rows: rows.length, levels: measured })
  const warmUp = await measureLevel({ ...options, concurrency: 1, maxTokens: 1 })
  if (warmUp.outcome.kind !== 'complete') return { outcome: warmUp.outcome, report: report() }
  for (const concurrency of levels) {
    const { outcome, level } = await measureLevel({ ...options, concurrency })
    if (outcome.kind !== 'complete') return { outcome, report: report() }
    measured.push(level)
    onLevel?.(report())
  }
  return { outcome: { kind: 'complete' }, report: report() }
}

async function measureLevel(
  options: Omit<RunBatchOptions, 'rows' | 'record'> & {
    rows: readonly BatchRow[]
    concurrency: number
    maxTokens?: number
  },
): Promise<{ outcome: BatchOutcome; level: CompareLevel }> {
  const { rows, concurrency, maxTokens, clock = SYSTEM_CLOCK } = options
  const plan = { ...options.plan, concurrency, isAdaptive: false, spacingMs: 0 }
  const asked = rows.map((row) =>
    maxTokens === undefined ? row : { ...row, sampling: { ...row.sampling, maxTokens } },
  )
  const results: BatchResult[] = []
  const waitsMs: number[] = []
  const startMs = clock.now()
  const outcome = await runBatch({
    ...options,
    plan,
    rows: iterate(asked),
    id: `${options.id}-${maxTokens === undefined ? concurrency : 'warm'}`,
    async record(result) {
      results.push(result)
      if (result.status === 'complete') waitsMs.push(clock.now() - startMs)
    },
  })
  return {
    outcome,
    level: toLevel({ concurrency, wallMs: clock.now() - startMs, results, waitsMs }),
  }
}

async function* iterate(rows: readonly BatchRow[]): AsyncGenerator<BatchRow, void, undefined> {
  yield* rows
}

function toLevel(measured: {
  concurrency: number
  wallMs: number
  results: readonly BatchResult[]
  waitsMs: readonly number[]
}): CompareLevel {
  const { concurrency, wallMs, results, waitsMs } = measured
  const timings = results.flatMap(({ status, timing }) =>
    status === 'complete' && timing !== undefined ? [timing] : [],
  )
  const ttftsMs = timings.flatMap(({ ttftMs }) => (ttftMs === undefined ? [] : [ttftMs]))
  const tokens = timings.map(({ completionTokens }) => completionTokens)
  const isCounted = timings.length > 0 && tokens.every((count) => count !== undefined)
  return {
    concurrency,
    wallMs,
    completed: timings.length,
    failed: results.length - timings.length,
    ...defined('meanE2elMs', mean(timings.map(({ e2elMs }) => e2elMs))),
    ...defined('meanWaitMs', mean(waitsMs)),
    ...defined('medianTtftMs', percentile(ttftsMs, 0.5)),
    ...defined('p99TtftMs', percentile(ttftsMs, 0.99)),
    ...(isCounted && wallMs > 0 ? { outputTokensPerSecond: (sum(tokens) / wallMs) * 1000 } : {}),
  }
}

/** What follows from the levels, whichever there are. */
export function toCompareReport({
  rows,
  levels,
}: {
  rows: number
  levels: readonly CompareLevel[]
}): CompareReport {
  const rate = (level: CompareLevel) => level.outputTokensPerSecond ?? 0
  const best = levels.reduce((most, level) => Math.max(most, rate(level)), 0)
  const knee =
    levels.length < 2 || best === 0
      ? undefined
      : levels.find((level) => rate(level) >= KNEE_SHARE * best)
  const first = levels[0]
  const last = levels.length < 2 ? undefined : levels.at(-1)
  return {
    rows,
    levels: [...levels],
    ...(knee === undefined ? {} : { knee: knee.concurrency }),
    ...(first === undefined || last === undefined ? {} : { change: toChange(first, last) }),
  }
}

function toChange(first: CompareLevel, last: CompareLevel): NonNullable<CompareReport['change']> {
  return {
    ...defined('meanE2el', share(first.meanE2elMs, last.meanE2elMs)),
    ...defined('meanWait', share(first.meanWaitMs, last.meanWaitMs)),
    ...defined('wall', share(first.wallMs, last.wallMs)),
    ...defined('outputTokens', share(first.outputTokensPerSecond, last.outputTokensPerSecond)),
  }
}

function share(before: number | undefined, after: number | undefined): number | undefined {
  if (before === undefined || after === undefined || before === 0) return undefined
  return after / before - 1
}

function sum(values: readonly (number | undefined)[]): number {
  return values.reduce<number>((total, value) => total + (value ?? 0), 0)
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : sum(values) / values.length
}

function defined<Name extends string>(
  name: Name,
  value: number | undefined,
): { [Key in Name]?: number } {
  return value === undefined ? {} : ({ [name]: value } as { [Key in Name]?: number })
}
