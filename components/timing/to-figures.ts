import type { Reply } from '@/lib/domain/message'

/** One figure of the line: its name, and the facts that its words need. Absent values stand for "not reported". */
export type Figure =
  | { name: 'ttft'; ms?: number; browserTtftMs?: number; isUnexplained: boolean }
  | { name: 'queue'; ms: number; behind?: number }
  | { name: 'behind'; behind: number }
  | { name: 'prefill'; ms: number }
  | { name: 'rate'; tokensPerSecond?: number }
  | { name: 'cached'; cached?: number; prompt?: number }
  | { name: 'e2el'; ms: number }

/** A request that waited less was taken into a running batch: it stood behind nobody. */
const MIN_QUEUE_MS = 1

/** The figures of a reply in their order; undefined when it has no timing at all. */
export function toFigures({
  timing,
  paint,
}: Pick<Reply, 'timing' | 'paint'>): Figure[] | undefined {
  if (timing === undefined) return undefined
  const { ttftMs, queueMs, prefillMs, aheadRequests = 0, tokensPerSecond } = timing
  const figures: (Figure | undefined)[] = [
    {
      name: 'ttft',
      isUnexplained: ttftMs !== undefined && queueMs === undefined && prefillMs === undefined,
      ...(ttftMs === undefined ? {} : { ms: ttftMs }),
      ...(paint === undefined ? {} : { browserTtftMs: paint.browserTtftMs }),
    },
    toCause({ queueMs, aheadRequests }),
    prefillMs === undefined ? undefined : { name: 'prefill', ms: prefillMs },
    { name: 'rate', ...(tokensPerSecond === undefined ? {} : { tokensPerSecond }) },
    {
      name: 'cached',
      ...(timing.cachedTokens === undefined ? {} : { cached: timing.cachedTokens }),
      ...(timing.promptTokens === undefined ? {} : { prompt: timing.promptTokens }),
    },
    { name: 'e2el', ms: timing.e2elMs },
  ]
  return figures.filter((figure) => figure !== undefined)
}

function toCause({
  queueMs,
  aheadRequests,
}: {
  queueMs: number | undefined
  aheadRequests: number
}): Figure | undefined {
  if (queueMs === undefined) {
    return aheadRequests > 0 ? { name: 'behind', behind: aheadRequests } : undefined
  }
  const hasWaited = queueMs >= MIN_QUEUE_MS && aheadRequests > 0
  return { name: 'queue', ms: queueMs, ...(hasWaited ? { behind: aheadRequests } : {}) }
}
