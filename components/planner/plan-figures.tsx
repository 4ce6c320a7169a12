'use client'

import { useLocale, useTranslations } from 'next-intl'
import { Term } from '@/components/ui/term'
import type { Figure } from '@/lib/planner/to-figures'
import { Estimate } from './budget-bar'
import { formatGib, formatKib } from './format-size'

/** Each figure with its formula and where it comes from, on hover, focus or tap. */
export function PlanFigures({ figures }: { figures: readonly Figure[] }) {
  const t = useTranslations('plan')
  const words = useFigureText()
  return (
    <section aria-labelledby="plan-figures" className="min-w-0">
      <h2 id="plan-figures" className="mb-2 text-[0.8125rem] font-medium">
        {t('figuresTitle')}
      </h2>
      <dl className="text-[0.8125rem] leading-7">
        {figures.map((figure) => (
          <div
            key={figure.name}
            data-figure={figure.name}
            data-value={figure.value}
            className="flex items-baseline justify-between gap-4 border-b border-border"
          >
            <dt className="min-w-0">
              <Term
                definition={`${t(`figures.${figure.name}.formula`, figure.values)} ${t(`sources.${figure.source}`)}`}
                className="text-left"
              >
                {t(`figures.${figure.name}.label`)}
              </Term>
            </dt>
            <dd className="flex items-baseline gap-2 text-right whitespace-nowrap tabular-nums">
              {figure.isEstimate ? <Estimate /> : null}
              {words(figure)}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

function useFigureText(): (figure: Figure) => string {
  const t = useTranslations('plan')
  const locale = useLocale()
  return ({ name, unit, value }) => {
    if (name === 'kvBytesPerTokenPerGpu') return formatKib({ bytes: value, locale })
    if (unit === 'bytes') return formatGib({ bytes: value, locale })
    return t('tokens', { value: new Intl.NumberFormat(locale).format(value) })
  }
}
