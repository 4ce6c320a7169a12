import type { PublicError } from './error'
import type { PaintTiming, ReplyTiming } from './reply-timing'

/** `streaming` is the only state that is not an end; every reply leaves it for exactly one of the others. */
export type ReplyStatus = 'streaming' | 'complete' | 'stopped' | 'interrupted' | 'failed'

/** Why the engine ended: vLLM's own words. */
export type FinishReason =
  | 'stop'
  | 'length'
  | 'tool_calls'
  | 'abort'
  | 'error'
  | 'repetition'
  | 'unknown'

export type Question = {
  id: string
  threadId: string
  parentId: string | null
  role: 'user'
  text: string
  createdAtMs: number
}

export type Reply = {
  id: string
  threadId: string
  /** The question it answers; two replies with one parent are two answers to it. */
  parentId: string
  role: 'assistant'
  runId: string
  text: string
  reasoning: string
  status: ReplyStatus
  finishReason?: FinishReason
  error?: PublicError
  model?: string
  timing?: ReplyTiming
  paint?: PaintTiming
  createdAtMs: number
}

export type ChatMessage = Question | Reply

export type Thread = { id: string; title: string; createdAtMs: number; updatedAtMs: number }
