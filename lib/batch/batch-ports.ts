import type { BatchResult, BatchRowStatus } from '@/lib/domain/batch'

/** Where the results of one batch are kept; each call that fails rejects with an AppError. */
export type BatchJournal = {
  count(): number
  counts(): Record<BatchRowStatus, number>
  has(index: number): boolean
  statusOf(index: number): BatchRowStatus | undefined
  append(result: BatchResult): Promise<void>
  read(index: number): Promise<BatchResult | undefined>
  list(order: 'input' | 'done'): AsyncIterable<BatchResult>
}
