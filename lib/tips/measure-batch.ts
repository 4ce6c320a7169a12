import type { TipsSeries } from '@/lib/domain/tips'
import { type Asked, askEngine, askTogether, toTokensPerSecond } from './ask-engine'
import type { TipsRun } from './tips-ports'
import { BATCH_QUESTIONS, buildShortQuestion, SHORT_ANSWER_TOKENS } from './workload'

/** The same questions one by one, then all at once: throughput of the whole and latency of each. */
export async function measureBatch(run: TipsRun): Promise<TipsSeries[]> {
  const at = BATCH_QUESTIONS
  const rounds: { serial: Asked[]; together: Asked[] }[] = []
  for (let round = 0; round < run.repeats; round += 1) {
    const ask = (way: string) => (index: number) =>
      askEngine({
        run,
        messages: buildShortQuestion({ mark: `${run.mark} ${way}${round}`, index }),
        maxTokens: SHORT_ANSWER_TOKENS,
      })
    const serial: Asked[] = []
    for (let index = 0; index < at; index += 1) serial.push(await ask('s')(index))
    const { answers: together } = await askTogether({ count: at, ask: ask('t') })
    rounds.push({ serial, together })
  }
  const figure = (name: TipsSeries['figure'], read: (round: (typeof rounds)[number]) => number) =>
    ({ measurement: 'batch', at, figure: name, values: rounds.map(read) }) as const
  return [
    figure('serialTokensPerSecond', ({ serial }) => toTokensPerSecond(serial)),
    figure('togetherTokensPerSecond', ({ together }) => toTokensPerSecond(together)),
    figure(
      'speedup',
      ({ serial, together }) => toTokensPerSecond(together) / toTokensPerSecond(serial),
    ),
    figure('serialLatencyMs', ({ serial }) => toMeanLatencyMs(serial)),
    figure('togetherLatencyMs', ({ together }) => toMeanLatencyMs(together)),
  ]
}

function toMeanLatencyMs(answers: readonly Asked[]): number {
  return answers.reduce((sum, { latencyMs }) => sum + latencyMs, 0) / Math.max(1, answers.length)
}
