import { percentile } from '@/lib/timing/percentile'
import type { Block } from './block'

/** One round: each arm measured once, in an order that changes from round to round. */
export type Round = { with: Block; without: Block; again: Block }

export type CostLine = {
  name: string
  /** Median over the rounds of the block's median. */
  withMs: number
  withoutMs: number
  /** Median of the pairs' differences, with − without. */
  differenceMs: number
  /** What two arms without differ by: the smallest and the largest difference. */
  noiseMs: [number, number]
  isWithinNoise: boolean
}

const FIGURES: { name: string; read: (block: Block) => number }[] = [
  { name: 'TTFT, one user', read: ({ ttftMs }) => median(ttftMs) },
  { name: 'whole turn, one user', read: ({ turnMs }) => median(turnMs) },
  { name: 'TTFT, eight users', read: ({ busyTtftMs }) => median(busyTtftMs) },
  { name: 'CPU a turn, background included', read: ({ cpuMsPerTurn }) => cpuMsPerTurn },
]

/** The last line is the price that is paid behind the answers, and is not judged. */
export function toCostLines(rounds: readonly Round[]): CostLine[] {
  return FIGURES.map(({ name, read }) => {
    const noise = rounds.map(({ again, without }) => read(again) - read(without))
    const noiseMs: [number, number] = [Math.min(...noise), Math.max(...noise)]
    const differenceMs = median(rounds.map((round) => read(round.with) - read(round.without)))
    return {
      name,
      withMs: median(rounds.map((round) => read(round.with))),
      withoutMs: median(rounds.map((round) => read(round.without))),
      differenceMs,
      noiseMs,
      isWithinNoise: differenceMs <= noiseMs[1],
    }
  })
}

/** As Markdown, in ms. */
export function formatCost(lines: readonly CostLine[]): string {
  const cells = lines.map(({ name, withMs, withoutMs, differenceMs, noiseMs, isWithinNoise }) => [
    name,
    withMs.toFixed(2),
    withoutMs.toFixed(2),
    toSigned(differenceMs),
    `${toSigned(noiseMs[0])} … ${toSigned(noiseMs[1])}`,
    isWithinNoise ? 'yes' : 'no',
  ])
  const head = ['ms', 'with', 'without', 'difference', 'A/A differences', 'within']
  return [head, head.map(() => '---'), ...cells].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

function toSigned(ms: number): string {
  return `${ms < 0 ? '−' : '+'}${Math.abs(ms).toFixed(2)}`
}

function median(values: readonly number[]): number {
  return percentile(values, 0.5) ?? Number.NaN
}
