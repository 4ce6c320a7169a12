import type { Reply } from '@/lib/domain/message'
import type { ReplyRecord, StoredTrace } from '@/lib/domain/reply-record'
import type { PrefixVerdict } from '@/lib/domain/reply-trace'

/** What the tracer needs of the store; each call rejects with an AppError. */
export type TracePort = {
  saveRecord(record: ReplyRecord): Promise<void>
  savePrefix(options: { messageId: string; prefix: PrefixVerdict }): Promise<void>
  loadTrace(messageId: string): Promise<StoredTrace | undefined>
  /** The thread's request before this reply's, on whatever branch. */
  loadRequestBefore(reply: Pick<Reply, 'id'>): Promise<StoredTrace | undefined>
  loadLastSeen(): Promise<{ processStartsMs: number[]; lastReplyAtMs?: number }>
}
