import type { EngineMetrics } from '@/lib/engine/read-metrics'

/** Since when nothing has moved in an engine that holds running requests. */
export type Stillness = { sign: string; sinceMs: number }

/**
 * Tokens of the prompt count as movement, and so does the KV cache: it grows with each chunk of a
 * long prefill, whose tokens vLLM counts only when the prompt is read to its end. A look without
 * metrics changes nothing; `undefined` is an engine that moves, rests, or does not tell.
 */
export function watchTokens(options: {
  still: Stillness | undefined
  metrics: EngineMetrics | undefined
  nowMs: number
}): Stillness | undefined {
  const { still, metrics, nowMs } = options
  if (metrics?.runningRequests === undefined) return still
  const { runningRequests, generationTokens, promptTokens, iterationTokens, kvCacheUsage } = metrics
  if (runningRequests === 0 || generationTokens === undefined) return undefined
  const sign = [generationTokens, promptTokens, iterationTokens, kvCacheUsage].join(' ')
  return still?.sign === sign ? still : { sign, sinceMs: nowMs }
}
