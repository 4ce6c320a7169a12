import type { Reply } from '@/lib/domain/message'
import type { FinishMetadata, StreamChunk } from '@/lib/domain/stream-chunk'

/** How a stream says that the reply has ended, and as what. */
export function toClosingChunks(reply: Reply): StreamChunk[] {
  const { status, timing, finishReason, error } = reply
  const messageMetadata: FinishMetadata = {
    status,
    ...(timing === undefined ? {} : { timing }),
    ...(finishReason === undefined ? {} : { finishReason }),
    ...(error === undefined ? {} : { error }),
  }
  return [
    ...(error === undefined ? [] : [{ type: 'error', errorText: JSON.stringify(error) } as const]),
    ...(status === 'stopped' ? [{ type: 'abort' } as const] : []),
    { type: 'finish', messageMetadata },
  ]
}

export function toStartChunk(reply: Reply): StreamChunk & { type: 'start' } {
  return {
    type: 'start',
    messageId: reply.id,
    messageMetadata: {
      runId: reply.runId,
      threadId: reply.threadId,
      parentId: reply.parentId,
      ...(reply.model === undefined ? {} : { model: reply.model }),
    },
  }
}
