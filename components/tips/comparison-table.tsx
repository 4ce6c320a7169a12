'use client'

import { useLocale, useTranslations } from 'next-intl'
import { PlainTable } from '@/components/ui/figure-table'
import type {
  LabelComparison,
  Measurement,
  SampleFacts,
  TipsComparison,
  TipsVerdict,
} from '@/lib/domain/tips'
import { cn } from '@/lib/utils'
import { formatTimes, formatTipsFigure, formatTipsRange } from './format-tips-figure'

const TONES: Record<TipsVerdict, string> = {
  better: 'font-medium text-success',
  worse: 'font-medium text-danger',
  'no-difference': 'text-muted-foreground',
  'too-few': 'text-muted-foreground',
}

/** What the user's own runs say of these measurements: medians, their range, and whether they differ. */
export function ComparisonTable({
  comparison,
  measurements,
}: {
  comparison: LabelComparison
  measurements: readonly Measurement[]
}) {
  const t = useTranslations('tips')
  const rows = comparison.rows.filter(({ measurement }) => measurements.includes(measurement))
  if (rows.length === 0) return null
  const isOne = comparison.before === comparison.after
  const columns = [
    { name: 'figure', label: t('figure') },
    { name: 'before', label: comparison.before, isNumeric: true },
    ...(isOne
      ? []
      : [
          { name: 'after', label: comparison.after, isNumeric: true },
          { name: 'verdict', label: t('verdict') },
        ]),
  ]
  const label = t('ownRuns')
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label={`${label} · ${measurements.map((name) => t(`measurements.${name}`)).join(', ')}`}
      className="overflow-x-auto rounded-lg border border-border"
    >
      <PlainTable
        caption={label}
        columns={columns}
        rows={rows.map((row) => ({ key: toKey(row), cells: toCells({ row, isOne }) }))}
      />
    </section>
  )
}

function toKey({ measurement, at, figure }: TipsComparison): string {
  return `${measurement}-${at}-${figure}`
}

function toCells({ row, isOne }: { row: TipsComparison; isOne: boolean }) {
  return [
    <FigureName key="figure" row={row} />,
    <Sample key="before" row={row} facts={row.before} />,
    ...(isOne
      ? []
      : [<Sample key="after" row={row} facts={row.after} />, <Verdict key="verdict" row={row} />]),
  ]
}

function FigureName({ row: { figure, measurement, at } }: { row: TipsComparison }) {
  const t = useTranslations('tips')
  return (
    <>
      <span className="block">{t(`figures.${figure}`)}</span>
      <span className="block text-muted-foreground">{t(`conditions.${measurement}`, { at })}</span>
    </>
  )
}

function Sample({ row: { figure }, facts }: { row: TipsComparison; facts: SampleFacts }) {
  const locale = useLocale()
  return (
    <>
      <span className="block">{formatTipsFigure({ figure, value: facts.median, locale })}</span>
      <span className="block text-muted-foreground">
        {formatTipsRange({ figure, facts, locale })}
      </span>
    </>
  )
}

function Verdict({ row: { verdict, ratio } }: { row: TipsComparison }) {
  const t = useTranslations('tips')
  const locale = useLocale()
  return (
    <>
      <span data-verdict={verdict} className={cn('block', TONES[verdict])}>
        {t(`verdicts.${verdict}`)}
      </span>
      <span className="block text-muted-foreground tabular-nums">
        {formatTimes({ value: ratio, locale })}
      </span>
    </>
  )
}
