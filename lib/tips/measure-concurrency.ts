import type { TipsSeries } from '@/lib/domain/tips'
import { percentile } from '@/lib/timing/percentile'
import { askEngine, askTogether } from './ask-engine'
import type { TipsRun } from './tips-ports'
import { buildShortQuestion, CONCURRENCIES, SHORT_ANSWER_TOKENS } from './workload'

/** Throughput and time to first token with 1, 4, 16 and 32 short questions at once: one value a round. */
export async function measureConcurrency(run: TipsRun): Promise<TipsSeries[]> {
  const series: TipsSeries[] = []
  for (const at of CONCURRENCIES) {
    const tokensPerSecond: number[] = []
    const ttftMs: number[] = []
    for (let round = 0; round < run.repeats; round += 1) {
      const mark = `${run.mark} c${at}-${round}`
      const { answers, tokensPerSecond: rate } = await askTogether({
        count: at,
        ask: (index) =>
          askEngine({
            run,
            messages: buildShortQuestion({ mark, index }),
            maxTokens: SHORT_ANSWER_TOKENS,
          }),
      })
      tokensPerSecond.push(rate)
      ttftMs.push(
        percentile(
          answers.map((answer) => answer.ttftMs),
          0.5,
        ) ?? 0,
      )
    }
    series.push(
      { measurement: 'concurrency', at, figure: 'tokensPerSecond', values: tokensPerSecond },
      { measurement: 'concurrency', at, figure: 'ttftMs', values: ttftMs },
    )
  }
  return series
}

export function countConcurrencyRequests(repeats: number): number {
  return repeats * CONCURRENCIES.reduce((sum, at) => sum + at, 0)
}
