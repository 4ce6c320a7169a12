import type { PublicError } from './error'
import type { FinishReason, ReplyStatus } from './message'
import type { PaintTiming, ReplyTiming } from './reply-timing'
import type { Sampling } from './sampling'

/** What the engine did while one reply was written: differences of its counters, and its gauges at both ends. */
export type EngineActivity = {
  /** Requests beside ours when it was sent: running + waiting. */
  aheadRequests?: number
  runningAtEnd?: number
  waitingAtEnd?: number
  /** 0–1. */
  kvCacheUsageAtStart?: number
  kvCacheUsageAtEnd?: number
  preemptions?: number
  generationTokens?: number
  promptTokens?: number
  prefixCacheQueryTokens?: number
  prefixCacheHitTokens?: number
  /** Wall clock; another value than the reply before had means a restart in between. */
  processStartedAtMs?: number
}

/**
 * Why a reply was slow or unusual; each has its sentence in `flags.<code>`, with these details
 * (one in brackets is left out where it is not known):
 * waited-behind-others { requests, [queueMs] } · shared-the-engine { requests, [tokens] } (of others) ·
 * preempted { preemptions } · cold-after-restart {} ·
 * cache-almost-full { percent } · stalled-between-tokens { gapMs, usualMs, [delta] } (after which delta) ·
 * arrived-in-one-piece { tokens, spanMs } · after-idle { idleMs }.
 */
export type ReplyFlag = {
  code:
    | 'waited-behind-others'
    | 'shared-the-engine'
    | 'preempted'
    | 'cold-after-restart'
    | 'cache-almost-full'
    | 'stalled-between-tokens'
    | 'arrived-in-one-piece'
    | 'after-idle'
  details: Record<string, number>
}

/** Why the prefix cache gave what it gave; each has its sentence in `prefix.<reason>`. */
export type PrefixReason =
  | 'as-predicted'
  | 'first-request'
  | 'shorter-than-block'
  | 'changed'
  | 'trimmed'
  | 'evicted'
  | 'caching-off'
  | 'other-replica'
  | 're-tokenized'
  | 'not-reported'
  | 'not-comparable'

/**
 * The prefix cache predicted against reported, in tokens. Predicted: the common prefix with what the
 * engine last saw of this thread (request plus its answer), in whole blocks, at most prompt − 1.
 */
export type PrefixVerdict = {
  reason: PrefixReason
  promptTokens?: number
  commonPrefixTokens?: number
  blockSizeTokens?: number
  predictedTokens?: number
  reportedTokens?: number
  /** With `changed` and `trimmed`: the first token that differs, and the text around it. */
  changedAtToken?: number
  changedText?: string
}

/** Everything that is known of one reply; what was not recorded is absent. */
export type ReplyTrace = {
  messageId: string
  threadId: string
  runId: string
  question: string
  createdAtMs: number
  status: ReplyStatus
  finishReason?: FinishReason
  error?: PublicError
  model?: string
  timing?: ReplyTiming
  paint?: PaintTiming
  /** Arrival of each delta after the first one, in ms since the first; thinned out beyond 4,000. */
  arrivalOffsetsMs?: number[]
  sampling: Sampling
  /** As it was sent: secrets left out. `body.messages` is the branch, byte for byte. */
  request: { url: string; headers: Record<string, string>; body: Record<string, unknown> }
  /** Oldest turns that a trim left out of it; absent: none. */
  leftOutTurns?: number
  answer: { text: string; reasoning: string }
  completionId?: string
  systemFingerprint?: string
  engineVersion?: string
  /** Of the server that tells it. */
  appVersion?: string
  activity?: EngineActivity
  flags: ReplyFlag[]
  prefix?: PrefixVerdict
}

/** One call to the engine. A turn has exactly one of kind `generation`. */
export type UpstreamCall = {
  id: string
  kind: 'generation' | 'warm-up' | 'tokenize' | 'probe'
  /** Why it was made, in one of a few words: turn, retry, start-of-engine, prefix-guard, context-meter, batch … */
  cause: string
  startedAtMs: number
  durationMs: number
  outcome: 'ok' | 'failed' | 'stopped'
  messageId?: string
  promptTokens?: number
  completionTokens?: number
  /** With `probe`: looks at the engine that this line adds up; there is one line a minute for them. */
  count?: number
}

/** The engine over the last minute, from its own counters; absent: not reported. */
export type EnginePulse = {
  runningRequests?: number
  waitingRequests?: number
  kvCacheUsage?: number
  /** 0–1 over the last minute. */
  prefixCacheHitRate?: number
  preemptionsPerMinute?: number
  generationTokensPerSecond?: number
  promptTokensPerSecond?: number
  ttftP95Ms?: number
}
