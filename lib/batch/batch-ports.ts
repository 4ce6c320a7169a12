import type { BatchRecord, BatchResult, BatchRowStatus } from '@/lib/domain/batch'
import type { UpstreamCall } from '@/lib/domain/reply-trace'
import type { BatchEngine } from './ask-row'
import type { BatchClock } from './batch-clock'

/** Where the results of one batch are kept; each call that fails rejects with an AppError. */
export type BatchJournal = {
  count(): number
  counts(): Record<BatchRowStatus, number>
  statusOf(index: number): BatchRowStatus | undefined
  append(result: BatchResult): Promise<void>
  read(index: number): Promise<BatchResult | undefined>
  list(order: 'input' | 'done'): AsyncIterable<BatchResult>
  close(): Promise<void>
}

export type RowPreview = { line: number; prompt: string }

/** Where batches are kept; each call rejects with an AppError. */
export type BatchStore = {
  /** Removes what is left of uploads that never became a batch; while none is under way. */
  sweep(): Promise<void>
  /** The newest first. */
  list(): Promise<BatchRecord[]>
  writeInput(options: {
    id: string
    chunks: AsyncIterable<Uint8Array>
    limitBytes: number
  }): Promise<{ inputBytes: number }>
  save(record: BatchRecord): Promise<void>
  readInput(id: string): AsyncIterable<Uint8Array>
  openJournal(id: string): Promise<BatchJournal>
  writePreviews(
    id: string,
  ): Promise<{ add(preview: RowPreview): Promise<void>; close(): Promise<void> }>
  readPreviews(options: { id: string; first: number; count: number }): Promise<RowPreview[]>
  remove(id: string): Promise<void>
}

export type BatchLogger = Record<
  'info' | 'warn' | 'error',
  (fields: Record<string, unknown>, message: string) => void
>

/** What the batches of a server are made of. */
export type BatchParts = {
  store: BatchStore
  engine: BatchEngine
  /** Whether the engine may be asked, and the served name of its model. */
  readiness: () => { canSend: boolean; model?: { id: string } }
  /** Whether a chat answer has been asked for whose first token has not come. */
  isChatWaiting: () => boolean
  systemPrompt: string
  logger: BatchLogger
  /** The book of every call to the engine. */
  enterCall: (call: Omit<UpstreamCall, 'id'>) => void
  clock: BatchClock
  createId: () => string
  /** Calls back again and again; the returned function ends it. */
  every: (callback: () => void, intervalMs: number) => () => void
  /** What batches give way to chats: `false` only where that is measured. */
  isYielding: boolean
}
