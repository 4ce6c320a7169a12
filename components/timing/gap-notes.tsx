'use client'

import { useTranslations } from 'next-intl'
import { useMemo } from 'react'
import type { TimingRow } from '@/lib/domain/timing-row'
import { listGaps, TIMING_COLUMNS } from './timing-columns'

export function GapNotes({ rows }: { rows: readonly TimingRow[] }) {
  const t = useTranslations('debug')
  const gaps = useMemo(() => listGaps(rows), [rows])
  if (gaps.length === 0) return null
  return (
    <section aria-labelledby="timing-gaps" className="mt-4 text-xs leading-5 text-muted-foreground">
      <h2 id="timing-gaps" className="font-medium text-foreground">
        {t('gaps')}
      </h2>
      <ul className="mt-1">
        {gaps.map(({ name, missing }) => (
          <li key={name}>
            <span className="text-foreground">{t(`columns.${name}.label`)}</span> — {t(missing)}
          </li>
        ))}
      </ul>
    </section>
  )
}

export function Definitions() {
  const t = useTranslations('debug')
  return (
    <details className="mt-4 text-xs leading-5 text-muted-foreground">
      <summary className="w-fit font-medium text-foreground">{t('definitions')}</summary>
      <dl className="mt-2 grid gap-x-8 gap-y-1 md:grid-cols-2">
        {TIMING_COLUMNS.map(({ name }) => (
          <div key={name} className="grid grid-cols-[7rem_1fr] gap-x-3">
            <dt className="text-foreground">{t(`columns.${name}.label`)}</dt>
            <dd>{t(`columns.${name}.definition`)}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}
