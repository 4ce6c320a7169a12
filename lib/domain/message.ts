import type { PublicError } from './error'
import type { PaintTiming, ReplyTiming } from './reply-timing'
import type { Sampling } from './sampling'

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
  /**
   * Lengths of the parts in which reasoning and text took turns, reasoning first (0 where text came
   * first); absent where all reasoning comes before all text.
   */
  partLengths?: number[]
  /** The reply that this one goes on from: it begins with all that was written there. */
  continuesId?: string
  /** The reply whose text the user has changed to this one: no engine wrote it so. */
  editedFromId?: string
  status: ReplyStatus
  finishReason?: FinishReason
  error?: PublicError
  model?: string
  /** It and what stands before it are left out of the prompts of what is asked below it. */
  isTrimEnd?: boolean
  /** It was sent without its branch up to that answer; absent: with all of it. */
  trimmedToId?: string
  timing?: ReplyTiming
  paint?: PaintTiming
  createdAtMs: number
}

export type ChatMessage = Question | Reply

export type Thread = {
  id: string
  title: string
  createdAtMs: number
  updatedAtMs: number
  /** What its next run is sampled with; absent: nothing is set, the model's defaults hold. */
  sampling?: Sampling
}

/** One branch of a thread: from its first question down to its newest message, or the last page of that. */
export type ThreadBranch = {
  thread: Thread
  messages: ChatMessage[]
  /** By the id of a shown message: all that have its parent, itself among them, oldest first; only where there are several. */
  siblings: Record<string, string[]>
  /** Whether more stands above; only of a page. */
  hasEarlier?: boolean
}
