import type { CompletionEvent, CompletionRequest, CompletionUsage } from './completion'
import type { EngineObservation } from './probe-engine'
import type { EngineMetrics } from './read-metrics'
import type { Tokenized } from './tokenize'
import type { WireMessage } from './wire'

/** The one client of the engine, for chat, batch and command line alike. Nothing in it ever retries by itself. */
export type Engine = {
  /** Ends in /v1, without credentials. */
  baseUrl: string
  /** @throws {AppError} an engine_* code from the iteration; the signal's reason when the caller aborted. */
  streamCompletion(request: CompletionRequest): AsyncIterable<CompletionEvent>
  /** One short request, not streamed, `max_tokens: 1`: what the warm-up sends. */
  completeOneToken(options: {
    model: string
    messages: readonly WireMessage[]
    signal?: AbortSignal
    timeoutMs: number
  }): Promise<CompletionUsage | undefined>
  probe(options: { previous?: EngineObservation; signal?: AbortSignal }): Promise<EngineObservation>
  readMetrics(options?: {
    signal?: AbortSignal
    timeoutMs?: number
  }): Promise<EngineMetrics | undefined>
  tokenize(options: {
    model: string
    messages: readonly WireMessage[]
    addGenerationPrompt?: boolean
    wantsTokenStrings?: boolean
    signal?: AbortSignal
    timeoutMs?: number
  }): Promise<Tokenized>
  close(): Promise<void>
}
