import type { CompareReport } from '@/lib/domain/batch'
import type { BenchSummary } from '@/lib/domain/bench-summary'

/** A line a figure, under the names of `vllm bench serve`. */
export function formatSummary(summary: BenchSummary): string {
  const lines = Object.entries(summary)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name.padEnd(24)} ${Number(value).toFixed(2).replace(/\.00$/, '')}`)
  return `${lines.join('\n')}\n`
}

/** The article that the tip is from says so of ten questions at once. */
const CLAIM = '-40 %'

/** The levels as a Markdown table, with the knee and what it came to. */
export function formatCompare(report: CompareReport): string {
  const rows = report.levels.map((level) => [
    `${level.concurrency}${level.concurrency === report.knee ? ' (knee)' : ''}`,
    toSeconds(level.wallMs),
    toSeconds(level.meanE2elMs),
    toSeconds(level.meanWaitMs),
    toMs(level.medianTtftMs),
    toMs(level.p99TtftMs),
    level.outputTokensPerSecond?.toFixed(1) ?? '-',
    String(level.failed),
  ])
  const head = [
    'at once',
    'whole list s',
    'a request s',
    'a wait s',
    'TTFT p50 ms',
    'TTFT p99 ms',
    'tok/s',
    'failed',
  ]
  const table = [head, head.map(() => '---:'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  return `${table.join('\n')}\n${formatChange(report)}`
}

function formatChange({ change, levels }: CompareReport): string {
  if (change === undefined) return ''
  const first = levels[0]?.concurrency
  const last = levels.at(-1)?.concurrency
  return `
${last} at once against ${first}:
  mean latency of a request    ${toPercent(change.meanE2el)} (the article claims ${CLAIM})
  mean wait for an answer      ${toPercent(change.meanWait)}
  time for the whole list      ${toPercent(change.wall)}
  tokens a second              ${toPercent(change.outputTokens)}
`
}

function toPercent(share: number | undefined): string {
  if (share === undefined) return '-'
  return `${share > 0 ? '+' : ''}${(share * 100).toFixed(0)} %`
}

function toSeconds(ms: number | undefined): string {
  return ms === undefined ? '-' : (ms / 1000).toFixed(2)
}

function toMs(ms: number | undefined): string {
  return ms?.toFixed(0) ?? '-'
}
