import type { BatchOutcome, BatchPlan, BatchRow } from '@/lib/domain/batch'
import { DEFAULT_BATCH_PLAN } from '@/lib/domain/batch'
import { AppError, findAppError, toPublicError } from '@/lib/domain/error'
import type { RowAnswer } from './ask-row'
import { compareConcurrency, toLevels } from './compare-concurrency'
import { createBatchMeter } from './create-batch-meter'
import { createStartGate } from './create-start-gate'
import { listUndoneRows } from './list-undone-rows'
import { createLiveRows } from './live-rows'
import { readRows } from './read-batch'
import { type BatchRegistryState, findRecord, type Job, updateRecord } from './registry-state'
import { runBatch } from './run-batch'
import type { BatchObserver, RunBatchOptions } from './run-state'

const TICK_MS = 25
const MAX_COMPARE_ROWS = 1000

export function createJob(id: string): Job {
  return {
    id,
    stop: new AbortController(),
    gate: createStartGate(),
    meter: undefined,
    live: createLiveRows(),
    isClosing: false,
    done: Promise.resolve(),
  }
}

/** Asks what is undone of a batch, and keeps how it ended. Never rejects. */
export async function runJob(state: BatchRegistryState, job: Job): Promise<void> {
  const { parts, journals } = state
  const { clock } = parts
  try {
    const { reading, scan, plan = DEFAULT_BATCH_PLAN, isRetry = false } = findRecord(state, job.id)
    if (reading === undefined || scan === undefined) throw new AppError('batch_conflict')
    const { journal, release } = await journals.acquire(job.id)
    const counts = journal.counts()
    const done = isRetry ? counts.complete : journal.count()
    job.meter = createBatchMeter({
      rows: scan.rows,
      todo: scan.rows - done,
      counts: journal.counts,
      now: clock.now,
    })
    try {
      await updateRecord(state, { id: job.id, state: 'running', startedAtMs: clock.wallNow() })
      const chunks = parts.store.readInput(job.id)
      const outcome = await whileTicking(state, job, () =>
        runBatch({
          ...toRunOptions(state, job, plan),
          rows: listUndoneRows({ chunks, reading, journal, isRetry }),
          record: journal.append,
        }),
      )
      const samples = job.meter.samples()
      await keepEnd(state, job, { outcome, counts: journal.counts(), samples })
    } finally {
      release()
    }
  } catch (error) {
    await keepFailure(state, job, error)
  }
}

/** Asks the first rows at several concurrencies; the batch itself stays as it was. Never rejects. */
export async function runComparison(
  state: BatchRegistryState,
  job: Job,
  options: { plan: BatchPlan; rows: number },
): Promise<void> {
  const { parts } = state
  const { reading, state: before } = findRecord(state, job.id)
  try {
    if (reading === undefined) throw new AppError('batch_conflict')
    await updateRecord(state, { id: job.id, state: 'comparing', compare: { rows: 0, levels: [] } })
    const rows: BatchRow[] = []
    const chunks = parts.store.readInput(job.id)
    for await (const row of readRows({ chunks, reading })) {
      rows.push(row)
      if (rows.length >= Math.min(options.rows, MAX_COMPARE_ROWS)) break
    }
    const { report } = await whileTicking(state, job, () =>
      compareConcurrency({
        ...toRunOptions(state, job, options.plan),
        rows,
        levels: toLevels({ rows: rows.length, max: options.plan.concurrency }),
        onLevel: (compare) =>
          void updateRecord(state, { id: job.id, compare }).catch(() => undefined),
      }),
    )
    await updateRecord(state, { id: job.id, state: before, compare: report })
  } catch (error) {
    parts.logger.error({ err: error, batchId: job.id }, 'a comparison could not be made')
    await updateRecord(state, { id: job.id, state: before }).catch(() => undefined)
  }
}

function toRunOptions(
  state: BatchRegistryState,
  job: Job,
  plan: BatchPlan,
): Omit<RunBatchOptions, 'rows' | 'record'> {
  const { engine, systemPrompt, clock, readiness } = state.parts
  let known = ''
  return {
    plan,
    engine,
    systemPrompt,
    clock,
    gate: job.gate,
    signal: job.stop.signal,
    id: job.id,
    model() {
      known = readiness().model?.id ?? known
      return known
    },
    observer: combine([job.live.observer, job.meter?.observer ?? {}, toLedger(state)]),
  }
}

function combine(observers: readonly BatchObserver[]): BatchObserver {
  const tell = (act: (observer: BatchObserver) => void) => {
    for (const observer of observers) act(observer)
  }
  return {
    started: (row) => tell((one) => one.started?.(row)),
    piece: (row, answer) => tell((one) => one.piece?.(row, answer)),
    tried: (row, answer) => tell((one) => one.tried?.(row, answer)),
    returned: (row) => tell((one) => one.returned?.(row)),
    ended: (result) => tell((one) => one.ended?.(result)),
  }
}

/** Every call to the engine is in the book. */
function toLedger({ parts }: BatchRegistryState): BatchObserver {
  return {
    tried(_row, answer) {
      const { usage } = answer.finish ?? {}
      parts.enterCall({
        kind: 'generation',
        cause: 'batch',
        startedAtMs: answer.startedAtMs,
        durationMs: answer.endedMs - answer.acceptedMs,
        outcome: toCallOutcome(answer),
        ...(usage === undefined
          ? {}
          : { promptTokens: usage.promptTokens, completionTokens: usage.completionTokens }),
      })
    },
  }
}

function toCallOutcome({ finish, failure }: RowAnswer): 'ok' | 'failed' | 'stopped' {
  if (failure !== undefined) return 'failed'
  return finish === undefined ? 'stopped' : 'ok'
}

async function whileTicking<Value>(
  state: BatchRegistryState,
  job: Job,
  task: () => Promise<Value>,
): Promise<Value> {
  tick(state, job)
  const end = state.parts.every(() => tick(state, job), TICK_MS)
  try {
    return await task()
  } finally {
    end()
  }
}

function tick({ parts }: BatchRegistryState, { gate, meter, stop }: Job): void {
  meter?.tick()
  if (parts.readiness().canSend) gate.release('engine-not-ready')
  else gate.hold('engine-not-ready')
  if (parts.isYielding && parts.isChatWaiting()) gate.hold('chat-waits')
  else gate.release('chat-waits')
  // A pause lets what is in flight end; then the next batch may run.
  if (gate.isHeld('paused') && meter?.progress().inFlight === 0) stop.abort()
}

async function keepEnd(
  state: BatchRegistryState,
  job: Job,
  end: {
    outcome: BatchOutcome
    counts: Record<'complete' | 'interrupted' | 'failed', number>
    samples: Parameters<typeof updateRecord>[1]['samples'] & object
  },
): Promise<void> {
  const { outcome, ...facts } = end
  const { complete, interrupted, failed } = facts.counts
  const isWhole = complete + interrupted + failed === findRecord(state, job.id).scan?.rows
  const kept = { id: job.id, ...facts, endedAtMs: state.parts.clock.wallNow() }
  if (outcome.kind === 'halted') {
    await updateRecord(state, { ...kept, state: 'halted', error: outcome.error })
  } else if (outcome.kind === 'complete' || (isWhole && job.gate.isHeld('paused'))) {
    await updateRecord(state, { ...kept, state: 'complete' })
  } else if (job.gate.isHeld('paused')) {
    await updateRecord(state, { ...kept, state: 'paused' })
  } else if (!job.isClosing) {
    await updateRecord(state, { ...kept, state: 'cancelled' })
  }
}

async function keepFailure(state: BatchRegistryState, job: Job, error: unknown): Promise<void> {
  const { logger } = state.parts
  logger.error({ err: error, batchId: job.id }, 'a batch could not go on')
  const failure = findAppError(error) ?? new AppError('internal', { cause: error })
  const change = { id: job.id, state: 'halted' as const, error: toPublicError(failure) }
  // The disk that failed it may fail this as well; the state in memory is right.
  await updateRecord(state, change).catch(() => undefined)
}
