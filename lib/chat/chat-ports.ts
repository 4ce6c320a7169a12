import type { ChatMessage, Reply } from '@/lib/domain/message'
import type { Sampling } from '@/lib/domain/sampling'
import type { ChatRequest } from '@/lib/domain/stream-chunk'
import type { Engine } from '@/lib/engine/engine'
import type { ReadinessMonitor } from '@/lib/readiness/readiness-monitor'

/** What a chat needs of the store; each call rejects with an AppError. */
export type ChatStore = {
  /** The reply of a run that was asked for before. @throws {AppError} message_conflict */
  findRun(request: ChatRequest): Promise<Reply | undefined>
  saveQuestion(options: {
    request: ChatRequest
    replyId: string
    model?: string | undefined
  }): Promise<
    | { outcome: 'started'; reply: Reply; history: ChatMessage[]; sampling: Sampling }
    | { outcome: 'joined'; reply: Reply }
  >
  loadReply(runId: string): Promise<Reply | undefined>
  checkpointReplies(
    replies: readonly Pick<Reply, 'id' | 'text' | 'reasoning' | 'partLengths'>[],
  ): Promise<void>
  finishReply(reply: Reply): Promise<void>
}

export type ChatEngine = Pick<Engine, 'streamCompletion' | 'readMetrics'>

export type ChatMonitor = Pick<ReadinessMonitor, 'requireModel' | 'load' | 'reportError'>

export type ChatLogger = Record<
  'info' | 'warn' | 'error',
  (fields: Record<string, unknown>, message: string) => void
>
