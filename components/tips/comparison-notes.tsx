'use client'

import { useTranslations } from 'next-intl'
import { useStore } from 'zustand'
import type { TipsStore } from '@/lib/client/tips-store'

/** What the engine told differently of itself in the two labels, and whether others disturbed the runs. */
export function ComparisonNotes({ store }: { store: TipsStore }) {
  const t = useTranslations('tips')
  const comparison = useStore(store, (state) => state.comparison)
  if (comparison === undefined || comparison.before === comparison.after) return null
  const { before, after, rows, changes, disturbedRuns } = comparison
  const differing = rows.filter(({ verdict }) => verdict === 'better' || verdict === 'worse').length
  return (
    <div className="mb-6 space-y-1 text-[0.8125rem] leading-6" data-differing={differing}>
      <p>{t('differing', { before, after, differing, count: rows.length })}</p>
      {changes.length === 0 ? <p className="text-muted-foreground">{t('unchanged')}</p> : null}
      {changes.map(({ name, before: old, after: fresh }) => (
        <p key={name} data-change={name} className="tabular-nums">
          {`${t(`engine.${name}`)}: ${old ?? t('notTold')} → ${fresh ?? t('notTold')}`}
        </p>
      ))}
      {disturbedRuns === 0 ? null : (
        <p className="text-warning">{t('disturbedRuns', { disturbedRuns })}</p>
      )}
    </div>
  )
}
