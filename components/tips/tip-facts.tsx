'use client'

import { useLocale, useTranslations } from 'next-intl'
import type { TipFact } from '@/lib/domain/tips-view'
import { formatCount } from '@/lib/timing/format-count'

const SHARES: readonly TipFact['name'][] = ['kvCacheUsage', 'cachedShare', 'gpuMemoryFraction']
const SIZES: readonly TipFact['name'][] = ['weightsGib', 'kvCacheGib']

/** What this engine has now, each with where it is told. */
export function TipFacts({ facts }: { facts: readonly TipFact[] }) {
  const t = useTranslations('tips')
  const sourceOf = ({ source }: TipFact) =>
    source === 'log' || source === 'answers' ? t(`sources.${source}`) : source
  return (
    <dl className="flex flex-wrap gap-x-8 gap-y-2 text-[0.8125rem] leading-5 tabular-nums">
      {facts.map((fact) => (
        <div key={fact.name} data-fact={fact.name}>
          <dt className="text-xs text-muted-foreground">
            {t(`facts.${fact.name}`)} · {sourceOf(fact)}
          </dt>
          <dd>
            <FactValue fact={fact} />
          </dd>
        </div>
      ))}
    </dl>
  )
}

function FactValue({ fact: { name, value } }: { fact: TipFact }) {
  const t = useTranslations('tips')
  const locale = useLocale()
  if (value === undefined) return <span className="text-muted-foreground">{t('notTold')}</span>
  if (typeof value === 'boolean') return value ? t('on') : t('off')
  if (typeof value === 'string') return value
  if (SHARES.includes(name)) {
    return new Intl.NumberFormat(locale, { style: 'percent' }).format(value)
  }
  if (SIZES.includes(name)) {
    return `${new Intl.NumberFormat(locale, { maximumFractionDigits: 2 }).format(value)} GiB`
  }
  return formatCount({ count: value, locale })
}
