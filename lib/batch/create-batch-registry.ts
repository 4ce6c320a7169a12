import { randomUUID } from 'node:crypto'
import type {
  BatchAction,
  BatchOverview,
  BatchReading,
  BatchRecord,
  BatchRowView,
  BatchView,
} from '@/lib/domain/batch'
import type { BenchSummary, GoodputTargets } from '@/lib/domain/bench-summary'
import { AppError } from '@/lib/domain/error'
import { actOnBatch, pump } from './act-on-batch'
import { SYSTEM_CLOCK } from './batch-clock'
import type { BatchParts } from './batch-ports'
import { listRowViews } from './list-row-views'
import { type BatchRegistryState, findRecord, isActive, updateRecord } from './registry-state'
import { scanBatch, toPrompt } from './scan-batch'
import { shareJournals } from './share-journals'
import { summarizeBatch } from './summarize-batch'
import { type ResultFormat, writeResults } from './write-results'

const INPUT_LIMIT_BYTES = 512 * 1024 * 1024

/** The batches of this server: one is asked at a time, and a chat goes first. */
export type BatchRegistry = {
  /** Takes up what was running when the server before ended. */
  open(): Promise<void>
  list(): BatchOverview[]
  /** @throws {AppError} batch_not_found */
  get(id: string): BatchView
  /** @throws {AppError} batch_too_large, storage_failed */
  create(input: { name: string; chunks: AsyncIterable<Uint8Array> }): Promise<BatchRecord>
  /** Looks the whole input through. @throws {AppError} batch_not_found, batch_conflict once it was started */
  prepare(options: { id: string; reading: BatchReading }): Promise<BatchRecord>
  /** @throws {AppError} batch_not_found, batch_conflict, batch_empty, server_stopping */
  act(options: BatchAction & { id: string }): Promise<BatchView>
  /** @throws {AppError} batch_not_found */
  listRows(options: { id: string; first: number; count: number }): Promise<BatchRowView[]>
  /** @throws {AppError} batch_not_found */
  writeResults(options: {
    id: string
    format: ResultFormat
    order: 'input' | 'done'
  }): AsyncIterable<string>
  /** @throws {AppError} batch_not_found */
  summarize(options: { id: string; goodput: GoodputTargets }): Promise<BenchSummary>
  /** @throws {AppError} batch_not_found, batch_conflict while it runs or waits */
  remove(id: string): Promise<void>
  /** A chat answer was asked for: rows that the engine has not begun make way at once. */
  yieldToChat(): void
  /** Stops what runs; it goes on with the next server. */
  close(): Promise<void>
}

export function createBatchRegistry(
  options: Omit<BatchParts, 'clock' | 'createId' | 'every' | 'isYielding'> & Partial<BatchParts>,
): BatchRegistry {
  const parts: BatchParts = { ...DEFAULTS, ...options }
  const state: BatchRegistryState = {
    parts,
    records: new Map(),
    journals: shareJournals({ openJournal: parts.store.openJournal }),
    active: undefined,
    queue: [],
    busy: new Set(),
    saving: Promise.resolve(),
    isClosing: false,
  }
  return {
    open: () => openBatches(state),
    list: () => [...state.records.values()].sort(byNewest).map((one) => toOverview(state, one)),
    get: (id) => toView(state, id),
    create: (input) => createBatch(state, input),
    prepare: (request) => prepareBatch(state, request),
    async act(request) {
      await actOnBatch(state, request)
      return toView(state, request.id)
    },
    listRows: (request) => listRowViews(state, request),
    writeResults: (request) => writeBatch(state, request),
    async summarize({ id, goodput }) {
      findRecord(state, id)
      return await state.journals.use(id, (journal) =>
        summarizeBatch({ results: journal.list('done'), goodput }),
      )
    },
    remove: (id) => removeBatch(state, id),
    yieldToChat() {
      if (parts.isYielding) state.active?.gate.hold('chat-waits')
    },
    close: () => closeBatches(state),
  }
}

const DEFAULTS: Pick<BatchParts, 'clock' | 'createId' | 'every' | 'isYielding'> = {
  clock: SYSTEM_CLOCK,
  createId: randomUUID,
  every(callback, intervalMs) {
    const timer = setInterval(callback, intervalMs)
    timer.unref()
    return () => clearInterval(timer)
  },
  isYielding: true,
}

async function openBatches(state: BatchRegistryState): Promise<void> {
  await state.parts.store.sweep()
  const records = await state.parts.store.list()
  for (const record of records) state.records.set(record.id, record)
  for (const { id, state: was, counts } of records.reverse()) {
    if (was === 'running' || was === 'queued') state.queue.push(id)
    if (was === 'comparing') {
      await updateRecord(state, { id, state: counts === undefined ? 'draft' : 'cancelled' })
    }
  }
  pump(state)
}

async function closeBatches(state: BatchRegistryState): Promise<void> {
  state.isClosing = true
  const { active } = state
  if (active !== undefined) {
    active.isClosing = true
    active.stop.abort()
    await active.done
  }
  await state.saving
  await state.journals.close()
}

async function createBatch(
  state: BatchRegistryState,
  input: { name: string; chunks: AsyncIterable<Uint8Array> },
): Promise<BatchRecord> {
  const { store, createId, clock } = state.parts
  if (state.isClosing) throw new AppError('server_stopping')
  const id = createId()
  const { chunks, name } = input
  const written = await store.writeInput({ id, chunks, limitBytes: INPUT_LIMIT_BYTES })
  const record: BatchRecord = { id, name, createdAtMs: clock.wallNow(), state: 'draft', ...written }
  state.records.set(id, record)
  return await updateRecord(state, record)
}

async function prepareBatch(
  state: BatchRegistryState,
  { id, reading }: { id: string; reading: BatchReading },
): Promise<BatchRecord> {
  const { store } = state.parts
  if (findRecord(state, id).state !== 'draft' || isActive(state, id) || state.busy.has(id)) {
    throw new AppError('batch_conflict')
  }
  state.busy.add(id)
  try {
    const previews = await store.writePreviews(id)
    const onRow = (row: Parameters<typeof toPrompt>[0] & { line: number }) =>
      previews.add({ line: row.line, prompt: toPrompt(row) })
    const chunks = store.readInput(id)
    const scan = await scanBatch({ chunks, reading, onRow }).finally(previews.close)
    return await updateRecord(state, { id, reading, scan })
  } finally {
    state.busy.delete(id)
  }
}

async function removeBatch(state: BatchRegistryState, id: string): Promise<void> {
  findRecord(state, id)
  const isInUse = isActive(state, id) || state.queue.includes(id) || state.busy.has(id)
  if (isInUse) throw new AppError('batch_conflict')
  state.records.delete(id)
  await state.parts.store.remove(id)
}

async function* writeBatch(
  state: BatchRegistryState,
  request: { id: string; format: ResultFormat; order: 'input' | 'done' },
): AsyncGenerator<string, void, undefined> {
  const { id, format, order } = request
  findRecord(state, id)
  const { journal, release } = await state.journals.acquire(id)
  try {
    yield* writeResults({ format, list: () => journal.list(order), batchId: id })
  } finally {
    release()
  }
}

function byNewest(a: BatchRecord, b: BatchRecord): number {
  return b.createdAtMs - a.createdAtMs
}

function toOverview(state: BatchRegistryState, record: BatchRecord): BatchOverview {
  const { id, name, createdAtMs, state: now, scan } = record
  const counts = isActive(state, id) ? toCounts(state) : undefined
  const known = counts ?? record.counts
  return {
    ...{ id, name, createdAtMs, state: now },
    ...(known === undefined ? {} : { counts: known }),
    ...(scan === undefined ? {} : { rows: scan.rows }),
  }
}

function toCounts({ active }: BatchRegistryState): BatchRecord['counts'] {
  const progress = active?.meter?.progress()
  if (progress === undefined) return undefined
  const { complete, interrupted, failed } = progress
  return { complete, interrupted, failed }
}

function toView(state: BatchRegistryState, id: string): BatchView {
  const batch = findRecord(state, id)
  const { active } = state
  if (active?.id !== id) return { batch, holds: [] }
  const holds = (['chat-waits', 'engine-not-ready'] as const).filter(active.gate.isHeld)
  const { meter } = active
  if (meter === undefined) return { batch, holds }
  return { batch: { ...batch, samples: meter.samples() }, progress: meter.progress(), holds }
}
