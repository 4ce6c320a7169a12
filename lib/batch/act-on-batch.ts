import type { BatchAction, BatchPlan, BatchRecord } from '@/lib/domain/batch'
import { AppError } from '@/lib/domain/error'
import { type BatchRegistryState, findRecord, isActive, updateRecord } from './registry-state'
import { createJob, runComparison, runJob } from './run-job'

/**
 * Does what was asked for; what cannot be done in the present state is refused.
 * @throws {AppError} batch_not_found, batch_conflict, batch_empty, server_stopping
 */
export async function actOnBatch(
  state: BatchRegistryState,
  request: BatchAction & { id: string },
): Promise<void> {
  if (state.isClosing) throw new AppError('server_stopping')
  const record = findRecord(state, request.id)
  if (state.busy.has(record.id)) throw new AppError('batch_conflict')
  switch (request.action) {
    case 'start':
      return await start(state, record, request)
    case 'retry':
      return await enqueue(state, record, { isRetry: true, allowed: ['complete', ...STOPPED] })
    case 'resume':
      return await resume(state, record)
    case 'pause':
      return await pause(state, record)
    case 'cancel':
      return await cancel(state, record)
    case 'compare':
      return compare(state, record, request)
  }
}

type State = BatchRecord['state']

const STOPPED: readonly State[] = ['paused', 'cancelled', 'halted']

/** Begins the next one in the queue, when nothing runs. */
export function pump(state: BatchRegistryState): void {
  if (state.active !== undefined || state.isClosing) return
  const id = state.queue.shift()
  if (id === undefined) return
  const job = createJob(id)
  state.active = job
  job.done = runJob(state, job).finally(() => {
    state.active = undefined
    pump(state)
  })
}

async function start(
  state: BatchRegistryState,
  record: BatchRecord,
  request: { plan: BatchPlan; isSkippingBad: boolean },
): Promise<void> {
  const { scan } = record
  if (scan === undefined || (scan.badRows > 0 && !request.isSkippingBad)) {
    throw new AppError('batch_conflict')
  }
  if (scan.rows === 0) throw new AppError('batch_empty')
  await enqueue(state, record, { plan: request.plan, allowed: ['draft'] })
}

async function enqueue(
  state: BatchRegistryState,
  record: BatchRecord,
  options: { plan?: BatchPlan; isRetry?: boolean; allowed: readonly State[] },
): Promise<void> {
  const { plan, isRetry, allowed } = options
  const { id } = record
  const isTaken = isActive(state, id) || state.queue.includes(id)
  if (isTaken || !allowed.includes(record.state)) throw new AppError('batch_conflict')
  state.queue.push(id)
  await updateRecord(state, {
    id,
    state: 'queued',
    ...(plan === undefined ? {} : { plan }),
    ...(isRetry === undefined ? {} : { isRetry }),
  })
  pump(state)
}

async function resume(state: BatchRegistryState, record: BatchRecord): Promise<void> {
  const { active } = state
  if (active?.id === record.id && active.gate.isHeld('paused')) {
    active.gate.release('paused')
    await updateRecord(state, { id: record.id, state: 'running' })
  } else await enqueue(state, record, { allowed: STOPPED })
}

async function pause(state: BatchRegistryState, record: BatchRecord): Promise<void> {
  const { id } = record
  const { active } = state
  if (active?.id === id && record.state === 'running') {
    active.gate.hold('paused')
    await updateRecord(state, { id, state: 'paused' })
  } else if (takeFromQueue(state, id)) await updateRecord(state, { id, state: 'paused' })
  else throw new AppError('batch_conflict')
}

async function cancel(state: BatchRegistryState, record: BatchRecord): Promise<void> {
  const { id } = record
  const { active } = state
  if (active?.id === id) {
    active.gate.release('paused')
    active.stop.abort()
    await active.done
  } else if (takeFromQueue(state, id) || record.state === 'paused') {
    await updateRecord(state, { id, state: 'cancelled' })
  } else throw new AppError('batch_conflict')
}

function takeFromQueue({ queue }: BatchRegistryState, id: string): boolean {
  const at = queue.indexOf(id)
  if (at !== -1) queue.splice(at, 1)
  return at !== -1
}

function compare(
  state: BatchRegistryState,
  record: BatchRecord,
  request: { plan: BatchPlan; rows: number },
): void {
  const { scan } = record
  if (scan === undefined || state.active !== undefined || state.queue.includes(record.id)) {
    throw new AppError('batch_conflict')
  }
  if (scan.rows === 0) throw new AppError('batch_empty')
  const job = createJob(record.id)
  state.active = job
  job.done = runComparison(state, job, request).finally(() => {
    state.active = undefined
    pump(state)
  })
}
