import type { BenchSummary, GoodputTargets } from '@/lib/domain/bench-summary'
import type { ReplyTiming } from '@/lib/domain/reply-timing'
import type { TimingRow } from '@/lib/domain/timing-row'
import { percentileOfSorted } from './percentile'
import { toTpotMs } from './to-tpot'

type SummaryRow = Pick<TimingRow, 'createdAtMs' | 'status' | 'timing'>

/** Takes one row after the other, so that many need not be held at once. */
export type TimingSummary = {
  add(row: SummaryRow, interTokenMs?: readonly number[]): void
  result(): BenchSummary
}

/**
 * Sums replies up as `vllm bench serve` does: percentiles by linear interpolation, the standard
 * deviation of the whole population, only complete replies counted.
 */
export function createTimingSummary(goodput: GoodputTargets = {}): TimingSummary {
  const values = { ttft: [], tpot: [], itl: [], e2el: [] } as Record<FigureName, number[]>
  const sums = { completed: 0, failed: 0, input: 0, output: 0, good: 0 }
  let firstMs = Number.POSITIVE_INFINITY
  let lastMs = Number.NEGATIVE_INFINITY
  return {
    add({ createdAtMs, status, timing }, interTokenMs = []) {
      if (status === 'failed' || status === 'interrupted') sums.failed += 1
      if (status !== 'complete' || timing === undefined) return
      sums.completed += 1
      sums.input += timing.promptTokens ?? 0
      sums.output += timing.completionTokens ?? 0
      if (isGood(timing, goodput)) sums.good += 1
      firstMs = Math.min(firstMs, createdAtMs)
      lastMs = Math.max(lastMs, createdAtMs + timing.e2elMs)
      const tpotMs = toTpotMs(timing)
      values.e2el.push(timing.e2elMs)
      if (timing.ttftMs !== undefined) values.ttft.push(timing.ttftMs)
      if (tpotMs !== undefined) values.tpot.push(tpotMs)
      for (const gapMs of interTokenMs) values.itl.push(gapMs)
    },
    result() {
      const duration = sums.completed === 0 ? 0 : (lastMs - firstMs) / 1000
      const perSecond = (count: number) => (duration > 0 ? count / duration : undefined)
      const hasTargets = Object.keys(goodput).length > 0
      return defined({
        duration,
        completed: sums.completed,
        failed: sums.failed,
        total_input_tokens: sums.input,
        total_output_tokens: sums.output,
        request_throughput: perSecond(sums.completed),
        output_throughput: perSecond(sums.output),
        total_token_throughput: perSecond(sums.input + sums.output),
        request_goodput: hasTargets ? (perSecond(sums.good) ?? 0) : null,
        ...figures('ttft', values.ttft),
        ...figures('tpot', values.tpot),
        ...figures('itl', values.itl),
        ...figures('e2el', values.e2el),
      })
    },
  }
}

/** The same over rows that are at hand. */
export function summarizeTimings({
  rows,
  goodput,
}: {
  rows: readonly SummaryRow[]
  goodput?: GoodputTargets
}): BenchSummary {
  const summary = createTimingSummary(goodput)
  for (const row of rows) summary.add(row)
  return summary.result()
}

/** Whether a reply met every target; one of a single token has no time per token to miss. */
export function isGood(timing: ReplyTiming, { ttft, tpot, e2el }: GoodputTargets): boolean {
  const { ttftMs = Number.POSITIVE_INFINITY, e2elMs } = timing
  return (
    (ttft === undefined || ttftMs <= ttft) &&
    (tpot === undefined || (toTpotMs(timing) ?? 0) <= tpot) &&
    (e2el === undefined || e2elMs <= e2el)
  )
}

type FigureName = 'ttft' | 'tpot' | 'itl' | 'e2el'

function figures(name: FigureName, values: readonly number[]): Record<string, number | undefined> {
  if (values.length === 0) return {}
  const sorted = Float64Array.from(values).sort()
  let sum = 0
  for (const value of sorted) sum += value
  const mean = sum / sorted.length
  let squares = 0
  for (const value of sorted) squares += (value - mean) ** 2
  return {
    [`mean_${name}_ms`]: mean,
    [`median_${name}_ms`]: percentileOfSorted(sorted, 0.5),
    [`std_${name}_ms`]: Math.sqrt(squares / sorted.length),
    [`p90_${name}_ms`]: percentileOfSorted(sorted, 0.9),
    [`p99_${name}_ms`]: percentileOfSorted(sorted, 0.99),
  }
}

type Undefinable = { [Key in keyof BenchSummary]: BenchSummary[Key] | undefined }

function defined(summary: Undefinable): BenchSummary {
  return Object.fromEntries(
    Object.entries(summary).filter(([, value]) => value !== undefined),
  ) as BenchSummary
}
