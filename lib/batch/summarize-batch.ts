import type { BatchResult } from '@/lib/domain/batch'
import type { BenchSummary, GoodputTargets } from '@/lib/domain/bench-summary'
import { createTimingSummary } from '@/lib/timing/summarize-timings'

/** Enough for exact percentiles of the gaps between tokens, and little enough to hold. */
const MAX_GAPS = 500_000

/** A batch summed up as `vllm bench serve` does; the gaps between tokens are those of the first rows, half a million at most. */
export async function summarizeBatch({
  results,
  goodput = {},
}: {
  results: AsyncIterable<BatchResult>
  goodput?: GoodputTargets
}): Promise<BenchSummary> {
  const summary = createTimingSummary(goodput)
  let count = 0
  for await (const { startedAtMs, status, timing, gapsMs = [] } of results) {
    const gaps = count < MAX_GAPS ? gapsMs : []
    count += gaps.length
    summary.add({ createdAtMs: startedAtMs, status, ...(timing && { timing }) }, gaps)
  }
  return summary.result()
}
