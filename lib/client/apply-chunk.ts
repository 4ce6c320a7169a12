import { isErrorCode, type PublicError } from '@/lib/domain/error'
import type { Reply } from '@/lib/domain/message'
import type { StreamChunk } from '@/lib/domain/stream-chunk'

/** The reply after one chunk of its stream; the same object where the chunk says nothing about it. */
export function applyChunk(reply: Reply, chunk: StreamChunk): Reply {
  switch (chunk.type) {
    case 'start': {
      const { model } = chunk.messageMetadata
      return { ...reply, id: chunk.messageId, ...(model === undefined ? {} : { model }) }
    }
    case 'reasoning-delta':
      return { ...reply, reasoning: reply.reasoning + chunk.delta }
    case 'text-delta':
      return { ...reply, text: reply.text + chunk.delta }
    case 'error':
      return { ...reply, error: parseErrorText(chunk.errorText) }
    case 'finish':
      return { ...reply, ...chunk.messageMetadata }
    default:
      return reply
  }
}

function parseErrorText(errorText: string): PublicError {
  try {
    const error: unknown = JSON.parse(errorText)
    if (typeof error === 'object' && error !== null && 'code' in error && isErrorCode(error.code)) {
      return error as PublicError
    }
  } catch {}
  return { code: 'internal' }
}
