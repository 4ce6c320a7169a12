import type { Reply } from '@/lib/domain/message'

/** One figure of the line: its name, and the facts that its words need. Absent values stand for "not reported". */
export type Figure =
  | { name: 'ttft'; ms?: number; browserTtftMs?: number; isUnexplained: boolean }
  | { name: 'queue'; ms: number; behind?: number }
  | { name: 'behind'; behind: number; isUnexplained: boolean }
  | { name: 'beside'; others: number }
  | { name: 'prefill'; ms: number }
  | { name: 'rate'; tokensPerSecond?: number }
  | { name: 'cached'; cached?: number; prompt?: number }
  | { name: 'e2el'; ms: number }

/** A request that waited less was taken into a running batch: it stood behind nobody. */
const MIN_QUEUE_MS = 1

/**
 * The figures of a reply in their order; undefined when it has no timing at all. What an engine says
 * of itself comes with its last event: of an answer that was cut before, nothing is missed.
 */
export function toFigures({
  timing,
  paint,
  status,
}: Pick<Reply, 'timing' | 'paint' | 'status'>): Figure[] | undefined {
  if (timing === undefined) return undefined
  const isWhole = status === 'complete'
  const { ttftMs, queueMs, prefillMs, aheadRequests = 0, tokensPerSecond } = timing
  const figures: (Figure | undefined)[] = [
    {
      name: 'ttft',
      isUnexplained:
        isWhole && ttftMs !== undefined && queueMs === undefined && prefillMs === undefined,
      ...(ttftMs === undefined ? {} : { ms: ttftMs }),
      ...(paint === undefined ? {} : { browserTtftMs: paint.browserTtftMs }),
    },
    toCause({ queueMs, aheadRequests, isWhole }),
    queueMs !== undefined && queueMs < MIN_QUEUE_MS && aheadRequests > 0
      ? { name: 'beside', others: aheadRequests }
      : undefined,
    prefillMs === undefined ? undefined : { name: 'prefill', ms: prefillMs },
    isWhole || tokensPerSecond !== undefined
      ? { name: 'rate', ...(tokensPerSecond === undefined ? {} : { tokensPerSecond }) }
      : undefined,
    isWhole || timing.promptTokens !== undefined
      ? {
          name: 'cached',
          ...(timing.cachedTokens === undefined ? {} : { cached: timing.cachedTokens }),
          ...(timing.promptTokens === undefined ? {} : { prompt: timing.promptTokens }),
        }
      : undefined,
    { name: 'e2el', ms: timing.e2elMs },
  ]
  return figures.filter((figure) => figure !== undefined)
}

function toCause({
  queueMs,
  aheadRequests,
  isWhole,
}: {
  queueMs: number | undefined
  aheadRequests: number
  isWhole: boolean
}): Figure | undefined {
  if (queueMs === undefined) {
    return aheadRequests > 0
      ? { name: 'behind', behind: aheadRequests, isUnexplained: isWhole }
      : undefined
  }
  const hasWaited = queueMs >= MIN_QUEUE_MS && aheadRequests > 0
  return { name: 'queue', ms: queueMs, ...(hasWaited ? { behind: aheadRequests } : {}) }
}
