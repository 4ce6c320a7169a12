import type { ChatMessage, Reply } from './message'
import type { EngineActivity, PrefixVerdict, ReplyFlag } from './reply-trace'
import type { Sampling } from './sampling'

/** What is kept of a reply beside its text and timing, written once after its end. */
export type ReplyRecord = {
  messageId: string
  /** Where it was sent, without credentials. */
  url: string
  /** The headers that tell requests apart; never a secret. */
  headers: Record<string, string>
  /** The served name that was asked for. */
  requestModel: string
  /** Of the system prompt that it was sent with. */
  systemPromptSha256: string
  sampling: Sampling
  /** ms since the first delta, which is left out; thinned out beyond 4,000. */
  arrivalOffsetsMs: number[]
  /** All deltas that came. */
  deltaCount: number
  completionId?: string
  systemFingerprint?: string
  engineVersion?: string
  activity?: EngineActivity
  flags: ReplyFlag[]
  prefix?: PrefixVerdict
}

/** A reply with the branch that ends in its question, trimmed as it was then, what was recorded of it, and the prompt it was sent with. */
export type StoredTrace = {
  reply: Reply
  history: ChatMessage[]
  record?: ReplyRecord
  systemPrompt?: string
}
