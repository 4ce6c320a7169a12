'use client'

import { useLocale, useTranslations } from 'next-intl'
import { useId } from 'react'
import { useStore } from 'zustand'
import { useRichMessage } from '@/components/providers/use-rich-message'
import { Button } from '@/components/ui/button'
import { ProgressBar } from '@/components/ui/progress-bar'
import type { TipsStore } from '@/lib/client/tips-store'
import { MEASUREMENTS } from '@/lib/domain/tips'
import type { TipsEnd, TipsRunView } from '@/lib/domain/tips-view'
import { formatDuration } from '@/lib/timing/format-duration'

const BOX =
  'h-8 w-full min-w-0 rounded-lg border border-border-strong bg-background px-2.5 text-[0.8125rem]'

/** The label of the next run, the run that is under way, and the two labels that are compared. */
export function RunPanel({ store }: { store: TipsStore }) {
  const t = useTranslations('tips')
  const run = useStore(store, ({ tips }) => tips.run)
  const last = useStore(store, ({ tips }) => tips.last)
  return (
    <section
      aria-label={t('ownRuns')}
      className="mb-6 space-y-3 rounded-xl border border-border px-4 py-4 sm:px-5 print:hidden"
    >
      <p className="max-w-3xl text-[0.8125rem] leading-6 text-muted-foreground">{t('how')}</p>
      <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-[minmax(0,2fr)_auto_minmax(0,1fr)_minmax(0,1fr)] lg:items-end">
        <LabelField store={store} />
        <MeasureAll store={store} />
        <LabelChoice store={store} side="before" />
        <LabelChoice store={store} side="after" />
      </div>
      {run === undefined ? <Ended last={last} /> : <Running run={run} store={store} />}
      <Refusal store={store} />
    </section>
  )
}

function LabelField({ store }: { store: TipsStore }) {
  const t = useTranslations('tips')
  const label = useStore(store, (state) => state.label)
  const id = useId()
  return (
    <div className="min-w-0">
      <label htmlFor={id} className="mb-1 block text-xs leading-4 text-muted-foreground">
        {t('label')}
      </label>
      <input
        id={id}
        type="text"
        autoComplete="off"
        spellCheck={false}
        maxLength={60}
        value={label}
        onChange={({ currentTarget }) => store.setLabel(currentTarget.value)}
        className={BOX}
      />
    </div>
  )
}

function MeasureAll({ store }: { store: TipsStore }) {
  const t = useTranslations('tips')
  const isRunning = useStore(store, ({ tips }) => tips.run !== undefined)
  const isNamed = useStore(store, ({ label }) => label.trim() !== '')
  return (
    <div className="flex items-end">
      <Button
        size="small"
        variant="primary"
        disabled={isRunning || !isNamed}
        onClick={() => store.measure(MEASUREMENTS)}
      >
        {t('measureAll')}
      </Button>
    </div>
  )
}

function LabelChoice({ store, side }: { store: TipsStore; side: 'before' | 'after' }) {
  const t = useTranslations('tips')
  const labels = useStore(store, ({ tips }) => tips.labels)
  const chosen = useStore(store, (state) => state[side])
  const id = useId()
  return (
    <div className="min-w-0">
      <label htmlFor={id} className="mb-1 block text-xs leading-4 text-muted-foreground">
        {t(side)}
      </label>
      <select
        id={id}
        value={chosen}
        disabled={labels.length === 0}
        onChange={({ currentTarget }) => store.choose({ [side]: currentTarget.value })}
        className={BOX}
      >
        {labels.length === 0 ? <option value="">{t('noRuns')}</option> : null}
        {labels.map(({ label, runs }) => (
          <option key={label} value={label}>
            {t('labelRuns', { label, runs })}
          </option>
        ))}
      </select>
    </div>
  )
}

function Running({ run, store }: { run: TipsRunView; store: TipsStore }) {
  const t = useTranslations('tips')
  const locale = useLocale()
  const { label, measurement, done, of, elapsedMs } = run
  const elapsed = formatDuration({ ms: Math.max(1000, elapsedMs), locale })
  const words = t('running', { label, measurement: t(`measurements.${measurement}`), done, of })
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <div className="min-w-0 grow">
        <p className="text-[0.8125rem] leading-6 tabular-nums" role="status">
          {words}
        </p>
        <ProgressBar value={done / Math.max(1, of)} label={t('progress')} valueText={words} />
      </div>
      <span className="text-xs text-muted-foreground tabular-nums">{elapsed}</span>
      <Button size="small" onClick={() => store.cancel()}>
        {t('cancel')}
      </Button>
    </div>
  )
}

function Ended({ last }: { last: TipsEnd | undefined }) {
  const t = useTranslations('tips')
  const rich = useRichMessage()
  if (last === undefined) return null
  const { label, outcome, isDisturbed, code } = last
  return (
    <p className="text-[0.8125rem] leading-6" role="status" data-outcome={outcome}>
      {t(`outcomes.${outcome}`, { label })} {isDisturbed === true ? t('disturbed') : null}
      {code === undefined ? null : rich(`errors.${code}.text`)}
    </p>
  )
}

function Refusal({ store }: { store: TipsStore }) {
  const rich = useRichMessage()
  const error = useStore(store, (state) => state.error)
  if (error === undefined) return null
  const { code, details = {} } = error
  return (
    <p role="alert" data-error={code} className="text-[0.8125rem] leading-6 text-danger">
      {rich(`errors.${code}.text`, details)} {rich(`errors.${code}.remedy`, details)}
    </p>
  )
}
