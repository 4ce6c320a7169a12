import type { PublicError } from './error'
import type { FinishReason, ReplyStatus } from './message'
import type { ReplyTiming } from './reply-timing'
import type { Sampling } from './sampling'

/** What a waiting reader is told before the first token. */
export type ReplyStage = 'sending' | 'queued' | 'prefill' | 'generating'

export type ReplyProgress = { stage: ReplyStage; aheadRequests?: number }

/** Metadata of the `start` chunk. */
export type StartMetadata = { runId: string; threadId: string; parentId: string; model?: string }

/** Metadata of the `finish` chunk: the reply as it was stored. */
export type FinishMetadata = {
  status: ReplyStatus
  timing?: ReplyTiming
  finishReason?: FinishReason
  error?: PublicError
}

/**
 * The part of the AI SDK's UI message stream that we write, one JSON object an SSE event.
 * The event's `id` is the number of characters of the reply sent so far: the place to go on from.
 * `errorText` holds a PublicError as JSON.
 */
export type StreamChunk =
  | { type: 'start'; messageId: string; messageMetadata: StartMetadata }
  | { type: 'data-progress'; data: ReplyProgress; transient: true }
  | { type: 'reasoning-start' | 'reasoning-end' | 'text-start' | 'text-end'; id: string }
  | { type: 'reasoning-delta' | 'text-delta'; id: string; delta: string }
  | { type: 'error'; errorText: string }
  | { type: 'abort' }
  | { type: 'finish'; messageMetadata: FinishMetadata }

/** Body of POST /api/chat. Ids are UUIDs made by the client; only the newest message is sent. */
export type ChatRequest = {
  threadId: string
  parentId: string | null
  runId: string
  message: { id: string; text: string }
  /** What was set before the thread began; the thread's own, once it exists, are changed by PUT /api/threads/[id]/sampling. */
  sampling?: Sampling
  /** The cut reply, an answer to this very question, that the new one goes on from. */
  continues?: string
  /** With every message of a thread that is never stored: it ends with the server's process. */
  isTemporary?: true
}
