import type { BatchRecord } from '@/lib/domain/batch'
import { AppError } from '@/lib/domain/error'
import type { BatchParts } from './batch-ports'
import type { BatchMeter } from './create-batch-meter'
import type { StartGate } from './create-start-gate'
import type { LiveRows } from './live-rows'
import type { SharedJournals } from './share-journals'

/** The one batch that is in the engine's hands. */
export type Job = {
  id: string
  stop: AbortController
  gate: StartGate
  /** Absent for a comparison. */
  meter: BatchMeter | undefined
  live: LiveRows
  /** Ended by the end of the server, not by hand: it goes on with the next one. */
  isClosing: boolean
  done: Promise<void>
}

export type BatchRegistryState = {
  parts: BatchParts
  records: Map<string, BatchRecord>
  journals: SharedJournals
  active: Job | undefined
  /** What waits for its turn. */
  queue: string[]
  /** Being looked through or removed. */
  busy: Set<string>
  saving: Promise<void>
  isClosing: boolean
}

/** @throws {AppError} batch_not_found */
export function findRecord(state: BatchRegistryState, id: string): BatchRecord {
  const record = state.records.get(id)
  if (record === undefined) throw new AppError('batch_not_found')
  return record
}

/** Known at once, and kept in the order of the changes. @throws {AppError} storage_failed */
export async function updateRecord(
  state: BatchRegistryState,
  change: Partial<BatchRecord> & { id: string },
): Promise<BatchRecord> {
  const record = { ...findRecord(state, change.id), ...change }
  state.records.set(record.id, record)
  const saved = state.saving.then(() => state.parts.store.save(record))
  state.saving = saved.catch(() => undefined)
  await saved
  return record
}

export function isActive(state: BatchRegistryState, id: string): boolean {
  return state.active?.id === id
}
