'use client'

import { useLocale, useTranslations } from 'next-intl'
import { PlainTable } from '@/components/ui/figure-table'
import type { Plan } from '@/lib/planner/build-plan'
import type { BudgetPart } from '@/lib/planner/to-budget'
import { cn } from '@/lib/utils'
import { formatGib, formatShare } from './format-size'
import { TableBox } from './table-box'

/** Gaps keep the parts apart where the hues do not: on paper, and to eyes that see them alike. */
const FILLS: Record<BudgetPart['name'], string> = {
  weights: 'fill-accent',
  activation: 'fill-warning',
  'non-torch': 'fill-muted-foreground',
  'kv-cache': 'fill-success',
  graphs: 'fill-border-strong',
  serving: 'fill-danger',
  free: 'fill-muted',
}

const WIDTH = 1000
const HEIGHT = 28

/** One card's memory in one bar, in the order in which vLLM fills it; the table has the same figures. */
export function BudgetBar({ plan: { budget } }: { plan: Plan }) {
  const t = useTranslations('plan')
  const locale = useLocale()
  const parts = budget.filter(({ bytes }) => bytes > 0)
  return (
    <section aria-labelledby="plan-budget" className="print:break-inside-avoid">
      <h2 id="plan-budget" className="mb-2 text-[0.8125rem] font-medium">
        {t('budgetTitle')}
      </h2>
      <svg
        role="img"
        aria-label={parts
          .map(({ name, share }) => `${t(`budget.${name}`)} ${formatShare({ share, locale })}`)
          .join(', ')}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="block h-7 w-full overflow-hidden rounded-md border border-border"
      >
        {parts.map((part, index) => {
          const x = parts.slice(0, index).reduce((sum, { share }) => sum + share * WIDTH, 0)
          return (
            <rect
              key={part.name}
              data-part={part.name}
              x={x}
              y={0}
              width={part.share * WIDTH}
              height={HEIGHT}
              className={cn(
                FILLS[part.name],
                'stroke-background [vector-effect:non-scaling-stroke]',
              )}
            />
          )
        })}
      </svg>
      <div className="mt-3">
        <TableBox label={t('budgetTable')}>
          <PlainTable
            caption={t('budgetTable')}
            columns={[
              { name: 'part', label: t('budgetColumns.part') },
              { name: 'size', label: t('budgetColumns.size'), isNumeric: true },
              { name: 'share', label: t('budgetColumns.share'), isNumeric: true },
              { name: 'counted', label: t('budgetColumns.counted') },
            ]}
            rows={budget.map(({ name, bytes, share, isInBudget, isEstimate }) => ({
              key: name,
              cells: [
                <span key="part" className="flex items-center gap-2">
                  <svg aria-hidden="true" viewBox="0 0 8 8" className="size-2.5 shrink-0">
                    <rect
                      width="8"
                      height="8"
                      rx="2"
                      className={cn(FILLS[name], name === 'free' && 'stroke-border-strong')}
                    />
                  </svg>
                  {t(`budget.${name}`)}
                  {isEstimate ? <Estimate /> : null}
                </span>,
                formatGib({ bytes, locale }),
                formatShare({ share, locale }),
                isInBudget ? t('inBudget') : t('outsideBudget'),
              ],
            }))}
          />
        </TableBox>
      </div>
    </section>
  )
}

export function Estimate() {
  const t = useTranslations('plan')
  return <span className="text-[0.6875rem] text-muted-foreground italic">{t('estimate')}</span>
}
