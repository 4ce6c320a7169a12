import { type Answer, buildAnswer } from './build-answer.ts'
import type { EngineCounters } from './engine-counters.ts'
import type { ChatRequest } from './parse-chat-request.ts'
import type { PrefixCache } from './prefix-cache.ts'
import type { RequestScenario } from './scenario.ts'
import { type Gate, waitMs } from './wait.ts'

/** Readings of one monotonic clock, in milliseconds. */
export type GenerationTimes = {
  queuedAtMs: number
  scheduledAtMs: number
  firstTokenAtMs: number
  lastTokenAtMs: number
}

export type Generation = {
  answer: Answer
  promptTokens: number
  cachedTokens: number
  createdCacheTokens: number
  times: GenerationTimes
}

export type GenerateOptions = {
  request: ChatRequest
  scenario: RequestScenario
  promptIds: readonly number[]
  limit: number
  signal: AbortSignal
  onScheduled: (generation: Generation) => void
  /** Called for each token in order; the next one waits for it. */
  onStep: (options: { generation: Generation; index: number }) => Promise<void> | void
}

/** What one generation touches of the engine. */
export type GenerationHost = {
  counters: EngineCounters
  cache: PrefixCache
  blockSize: number
  /** Open unless the engine is wedged. */
  tokensMove: Gate
  /** Opened for the streams that have stalled. */
  stallEnds: Gate
}

/** `tokens` held in the KV cache by now. */
export type Slot = { tokens: number }

type Run = GenerateOptions & { host: GenerationHost; slot: Slot; queuedAtMs: number }

function recordEnd(options: { counters: EngineCounters; generation: Generation }): void {
  const { counters, generation } = options
  const { queuedAtMs, scheduledAtMs, firstTokenAtMs, lastTokenAtMs } = generation.times
  const generated = generation.answer.steps.length
  const observe = (name: string, value: number) => counters.observe({ name: `vllm:${name}`, value })
  counters.add({ name: `vllm:request_success_total ${generation.answer.finishReason}` })
  observe('request_prompt_tokens', generation.promptTokens)
  observe('request_generation_tokens', generated)
  observe('e2e_request_latency_seconds', (lastTokenAtMs - queuedAtMs) / 1000)
  observe('request_queue_time_seconds', (scheduledAtMs - queuedAtMs) / 1000)
  observe('request_inference_time_seconds', (lastTokenAtMs - scheduledAtMs) / 1000)
  observe('request_prefill_time_seconds', (firstTokenAtMs - scheduledAtMs) / 1000)
  observe('request_decode_time_seconds', (lastTokenAtMs - firstTokenAtMs) / 1000)
  if (generated > 1) {
    const meanMs = (lastTokenAtMs - firstTokenAtMs) / (generated - 1)
    observe('request_time_per_output_token_seconds', meanMs / 1000)
  }
}

function schedule({ host, promptIds, scenario }: Run): { cached: number; created: number } {
  const found = host.cache.lookUp(promptIds)
  const cached = scenario.cachedTokens ?? found
  host.counters.add({ name: 'vllm:prefix_cache_queries_total', by: promptIds.length })
  host.counters.add({ name: 'vllm:prefix_cache_hits_total', by: cached })
  const whole = Math.floor(promptIds.length / host.blockSize) * host.blockSize
  return { cached, created: Math.max(0, whole - cached) }
}

async function prefill(options: { run: Run; generation: Generation }): Promise<void> {
  const { host, scenario, signal, promptIds } = options.run
  const { cachedTokens, times } = options.generation
  const computed = Math.max(0, promptIds.length - cachedTokens)
  const untilMs = times.scheduledAtMs + scenario.ttftMs + scenario.prefillMsPerToken * computed
  await waitMs({ untilMs, signal })
  await host.tokensMove.passed(signal)
  host.cache.store(promptIds)
  const add = (name: string, by: number) => host.counters.add({ name: `vllm:${name}`, by })
  add('prompt_tokens_total', promptIds.length)
  add('prompt_tokens_by_source_total local_compute', computed)
  add('prompt_tokens_by_source_total local_cache_hit', cachedTokens)
  add('prompt_tokens_cached_total', cachedTokens)
  add('prompt_tokens_cached_by_source_total device', cachedTokens)
}

function countToken(options: { run: Run; times: GenerationTimes; index: number }): void {
  const { run, times, index } = options
  const { counters } = run.host
  const now = performance.now()
  counters.add({ name: 'vllm:generation_tokens_total' })
  if (index === 0) {
    times.firstTokenAtMs = now
    const value = (now - times.queuedAtMs) / 1000
    counters.observe({ name: 'vllm:time_to_first_token_seconds', value })
  } else {
    const value = (now - times.lastTokenAtMs) / 1000
    counters.observe({ name: 'vllm:inter_token_latency_seconds', value })
  }
  times.lastTokenAtMs = now
  run.slot.tokens += 1
}

async function decode(options: { run: Run; generation: Generation }): Promise<void> {
  const { run, generation } = options
  const { host, scenario, signal } = run
  let dueAtMs = performance.now()
  for (const index of generation.answer.steps.keys()) {
    if (index > 0) {
      dueAtMs += scenario.tokenDelayMs
      await waitMs({ untilMs: dueAtMs, signal })
    }
    const isHeld = index === scenario.stallAfterTokens || !host.tokensMove.isOpen()
    if (index === scenario.stallAfterTokens) await host.stallEnds.passed(signal)
    await host.tokensMove.passed(signal)
    // After a pause the pace starts anew; a timer that was merely late is made up for.
    if (isHeld) dueAtMs = performance.now()
    countToken({ run, times: generation.times, index })
    await run.onStep({ generation, index })
    signal.throwIfAborted()
  }
}

/** Prefill and decode of a request that has its slot. Rejects with the signal's reason on abort. */
export async function runGeneration(run: Run): Promise<Generation> {
  const { host, promptIds, queuedAtMs, slot } = run
  const scheduledAtMs = performance.now()
  const { cached, created } = schedule(run)
  const answer = buildAnswer(run)
  const generation: Generation = {
    answer,
    promptTokens: promptIds.length,
    cachedTokens: cached,
    createdCacheTokens: created,
    times: { queuedAtMs, scheduledAtMs, firstTokenAtMs: 0, lastTokenAtMs: 0 },
  }
  slot.tokens = promptIds.length
  run.onScheduled(generation)
  await prefill({ run, generation })
  try {
    await decode({ run, generation })
  } finally {
    // The last sampled token has no keys and values yet.
    const computed = Math.max(0, slot.tokens - promptIds.length - 1)
    const sampled = answer.steps.slice(0, computed).map((step) => step.tokenId)
    host.cache.store([...promptIds, ...sampled])
  }
  recordEnd({ counters: host.counters, generation })
  return generation
}
