import type { FinishReason } from '@/lib/domain/message'
import type { Sampling } from '@/lib/domain/sampling'
import type { WireMessage } from './wire'

export type CompletionRequest = {
  /** The served name. */
  model: string
  messages: readonly WireMessage[]
  /** Only what is set is sent. */
  sampling?: Sampling
  /** One a thread: `X-Session-ID`, which routers keep on one replica. */
  sessionId?: string
  /** One a turn: `X-Request-Id`, which vLLM's log repeats. */
  requestId?: string
  /** W3C Trace Context: what the engine's own spans hang under. */
  traceparent?: string
  /** Goes on with the last message, an assistant's, in place of opening a new turn. */
  isContinuation?: boolean
  /** Writes up to `maxTokens`, past the token that would end it (vLLM's `ignore_eos`): for measuring alone. */
  isEndIgnored?: boolean
  /** Aborting closes the socket, before headers too; the stream then rejects with the signal's reason. */
  signal: AbortSignal
}

export type CompletionUsage = {
  promptTokens: number
  completionTokens: number
  /** Absent: not reported. */
  cachedTokens?: number
}

/** The engine's own durations; its time to first token counts from scheduling, so it is the prefill. */
export type EngineDurations = { queueMs?: number; prefillMs?: number; decodeMs?: number }

/** What a stream yields, in this order: `sent`, any number of deltas, `finish`. Times are of `now()`. */
export type CompletionEvent =
  | { type: 'sent'; atMs: number }
  | {
      type: 'text-delta' | 'reasoning-delta'
      delta: string
      /** When each piece in it came from the socket, before pieces were merged. */
      arrivalsMs: readonly number[]
    }
  | {
      type: 'finish'
      finishReason: FinishReason
      usage?: CompletionUsage
      engine?: EngineDurations
      /** The model as the engine names it. */
      model?: string
      /** The engine's id of the request, and the build that answered. */
      completionId?: string
      systemFingerprint?: string
    }
