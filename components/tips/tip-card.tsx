'use client'

import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import { useRichMessage } from '@/components/providers/use-rich-message'
import { Button } from '@/components/ui/button'
import { StatusDot } from '@/components/ui/status-dot'
import type { TipsStore } from '@/lib/client/tips-store'
import { TIP_MEASUREMENTS, type TipCard as Tip, type TipSymptom } from '@/lib/domain/tips-view'
import { ComparisonTable } from './comparison-table'
import { TipFacts } from './tip-facts'

const DOTS = { hit: 'busy', fine: 'ready', unknown: 'waiting' } as const

/** One tip: what it is here, when it is called for, what was claimed, measured, and seen in the user's own runs. */
export function TipCard({ tip, number, store }: { tip: Tip; number: number; store: TipsStore }) {
  const t = useTranslations('tips')
  const rich = useRichMessage()
  const { name, facts, symptom } = tip
  const comparison = useStore(store, (state) => state.comparison)
  const measurements = TIP_MEASUREMENTS[name]
  const id = `tip-${name}`
  return (
    <article
      aria-labelledby={id}
      data-tip={name}
      className="min-w-0 space-y-4 rounded-xl border border-border px-4 py-4 sm:px-5 print:break-inside-avoid"
    >
      <div>
        <h2 id={id} className="font-semibold">
          <span className="mr-2 text-muted-foreground tabular-nums">{number}</span>
          {t(`cards.${name}.title`)}
        </h2>
        <p className="text-[0.8125rem] leading-6">{rich(`tips.cards.${name}.what`)}</p>
      </div>
      <TipFacts facts={facts} />
      <Symptom name={name} symptom={symptom} />
      <dl className="space-y-2 text-[0.8125rem] leading-6">
        <Line term={t('flags')}>{rich(`tips.cards.${name}.flags`)}</Line>
        <Line term={t('claim')}>{rich(`tips.cards.${name}.claim`)}</Line>
        <Line term={t('measured')}>{rich(`tips.cards.${name}.measured`)}</Line>
        <Line term={t('aged')}>{rich(`tips.cards.${name}.aged`)}</Line>
      </dl>
      {comparison === undefined ? null : (
        <ComparisonTable comparison={comparison} measurements={measurements} />
      )}
      <RunButton name={name} store={store} />
    </article>
  )
}

function Line({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div className="grid gap-x-4 sm:grid-cols-[7.5rem_minmax(0,1fr)]">
      <dt className="text-muted-foreground">{term}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  )
}

function Symptom({ name, symptom }: { name: Tip['name']; symptom: TipSymptom }) {
  const t = useTranslations('tips')
  const rich = useRichMessage()
  const { level, code, values } = symptom
  return (
    <p
      data-symptom={code}
      className="flex gap-2.5 rounded-lg bg-muted px-3 py-2 text-[0.8125rem] leading-6"
    >
      <StatusDot tone={DOTS[level]} className="mt-1.5" />
      <span className="min-w-0">
        <span className="font-medium">{t(`levels.${level}`)}</span>{' '}
        {rich(`tips.symptoms.${name}.${code}`, values)}
      </span>
    </p>
  )
}

function RunButton({ name, store }: { name: Tip['name']; store: TipsStore }) {
  const t = useTranslations('tips')
  const isRunning = useStore(store, ({ tips }) => tips.run !== undefined)
  const isNamed = useStore(store, ({ label }) => label.trim() !== '')
  const measurements = TIP_MEASUREMENTS[name]
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 print:hidden">
      <Button
        size="small"
        disabled={isRunning || !isNamed}
        aria-label={`${t('measure')}: ${t(`cards.${name}.title`)}`}
        onClick={() => store.measure(measurements)}
      >
        {t('measure')}
      </Button>
      <p className="text-xs leading-5 text-muted-foreground">
        {measurements.map((each) => t(`measurements.${each}`)).join(' · ')}
      </p>
    </div>
  )
}
