import {
  isDisturbed,
  type LabelComparison,
  type TipsRecord,
  type TipsSeries,
  type TipsVerdict,
} from '@/lib/domain/tips'
import { toSampleFacts } from '@/lib/tips/compare-samples'
import { formatFigure, sayCondition, sayFigure } from './words'

const VERDICTS: Record<TipsVerdict, string> = {
  better: 'better',
  worse: 'worse',
  'no-difference': 'no difference',
  'too-few': 'too few values',
}

/** Columns as wide as their widest cell. */
function toTable(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>(
    (known, row) => row.map((cell, index) => Math.max(known[index] ?? 0, cell.length)),
    [],
  )
  return rows.map((row) =>
    row
      .map((cell, index) =>
        index < 2 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  )
}

function toRange({ figure, values }: Pick<TipsSeries, 'figure' | 'values'>): string {
  const { min, max } = toSampleFacts(values)
  const from = formatFigure({ figure, value: min }).replace(/ .*|×$/, '')
  return `${from} – ${formatFigure({ figure, value: max })}`
}

/** One run: the median and range of each figure. */
export function formatRecord(record: TipsRecord): string[] {
  const rows = record.series.map((series) => [
    sayCondition(series),
    sayFigure(series.figure),
    formatFigure({ ...series, value: toSampleFacts(series.values).median }),
    toRange(series),
    `n = ${series.values.length}`,
  ])
  return [
    ...toTable([['', '', 'median', 'range', ''], ...rows]),
    '',
    `${record.requests} requests, ${record.completionTokens} tokens written, ${Math.round(record.durationMs / 1000)} s`,
    ...warnOfTraffic(record),
  ]
}

function warnOfTraffic(record: TipsRecord): string[] {
  const { traffic } = record
  if (traffic === undefined)
    return ['The engine tells no metrics: whether others used it is not known.']
  if (!isDisturbed(record)) return []
  return [
    `Disturbed: others had ${traffic.requestsAtStart} requests there at the start, and the engine wrote ${traffic.foreignTokens} tokens for them meanwhile.`,
  ]
}

export function formatComparison(comparison: LabelComparison): string[] {
  const { before, after, rows, changes, disturbedRuns } = comparison
  const cells = rows.map((row) => {
    const spread = ({ min, max }: { min: number; max: number }) =>
      toRange({ figure: row.figure, values: [min, max] })
    return [
      sayCondition(row),
      sayFigure(row.figure),
      formatFigure({ ...row, value: row.before.median }),
      spread(row.before),
      formatFigure({ ...row, value: row.after.median }),
      spread(row.after),
      `${row.ratio.toFixed(2)}×`,
      VERDICTS[row.verdict],
    ]
  })
  const different = rows.filter(({ verdict }) => verdict === 'better' || verdict === 'worse')
  const changed = changes.map(
    ({ name, before: old = 'not told', after: fresh = 'not told' }) => `${name}: ${old} → ${fresh}`,
  )
  return [
    ...toTable([['', '', before, 'range', after, 'range', 'ratio', ''], ...cells]),
    '',
    `${different.length} of ${rows.length} figures differ by more than they spread.`,
    changed.length === 0
      ? 'The engine told the same of itself in both.'
      : `Changed: ${changed.join(', ')}`,
    ...(disturbedRuns === 0
      ? []
      : [`In ${disturbedRuns} of these runs the engine worked for others as well.`]),
  ]
}

/** One line a label. */
export function formatLabels(records: readonly TipsRecord[]): string[] {
  const labels = [...new Set(records.map(({ label }) => label))]
  if (labels.length === 0) return ['Nothing was recorded yet.']
  return labels.map((label) => {
    const runs = records.filter((record) => record.label === label)
    const names = [...new Set(runs.flatMap(({ measurements }) => measurements))]
    const last = new Date(runs.at(-1)?.startedAtMs ?? 0).toISOString().slice(0, 16)
    return `${label}  ${runs.length} run${runs.length === 1 ? '' : 's'}, the last at ${last}: ${names.join(', ')}`
  })
}
