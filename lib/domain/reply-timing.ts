/**
 * Where the time of one reply went. Durations in ms of a monotonic clock; a field that is absent
 * was not reported or not reached, and is never guessed. Made once (lib/timing), it is the last
 * stream event, the database row and the metric. The definitions are those of docs/architecture.md.
 */
export type ReplyTiming = {
  /** Server accepted the question → first content or reasoning delta arrived from the engine. */
  ttftMs?: number
  /** Accepted → request handed to the socket: our own share of `ttftMs`. */
  overheadMs?: number
  /** The engine's own figures (`--enable-per-request-metrics`). Its TTFT excludes the queue: prefill. */
  queueMs?: number
  prefillMs?: number
  decodeMs?: number
  /** `ttftMs − overheadMs − queueMs − prefillMs`; present only with all of them. */
  otherMs?: number
  /** Accepted → stream ended. */
  e2elMs: number
  interTokenMs?: { p50: number; p95: number; max: number }
  /** (completion tokens − 1) ÷ (last − first delta); only with ≥ 2 deltas and ≥ 100 ms between them. */
  tokensPerSecond?: number
  promptTokens?: number
  /** Absent: not reported; start vLLM with --enable-prompt-tokens-details. */
  cachedTokens?: number
  completionTokens?: number
  /** Requests that stood before ours in the engine when it was sent (running + waiting). */
  aheadRequests?: number
}

/** What only the page can know, sent back to the server once and stored beside the timing. */
export type PaintTiming = {
  /** Enter pressed → first text painted. */
  browserTtftMs: number
}
