'use client'

import { useLocale, useTranslations } from 'next-intl'
import { useState } from 'react'
import { Button, buttonClasses } from '@/components/ui/button'
import { SelectField } from '@/components/ui/field'
import { ProgressBar } from '@/components/ui/progress-bar'
import type { BatchAction, BatchView } from '@/lib/domain/batch'
import { formatCount } from '@/lib/timing/format-count'
import { formatElapsed } from '@/lib/timing/format-elapsed'
import { formatRate } from '@/lib/timing/format-rate'
import { FailureText } from './failure-text'

/** How far it is, and what can be done with it. */
export function RunPanel({
  view,
  hasRun,
  isBusy,
  onAct,
}: {
  view: BatchView
  /** False: there is no progress to show yet. */
  hasRun: boolean
  isBusy: boolean
  onAct: (action: BatchAction) => void
}) {
  const t = useTranslations('batch')
  const { batch, holds, progress } = view
  const counts = progress ?? batch.counts ?? { complete: 0, interrupted: 0, failed: 0 }
  const rows = batch.scan?.rows ?? 0
  const done = counts.complete + counts.interrupted + counts.failed
  return (
    <section aria-label={t('run.heading')} className="space-y-3">
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <h2 className="text-[0.8125rem] font-medium break-all">{batch.name}</h2>
        <span role="status" data-state={batch.state} className="text-xs text-muted-foreground">
          {t(`states.${batch.state}`)}
        </span>
      </div>
      {hasRun ? (
        <>
          <ProgressBar
            value={rows === 0 ? 0 : done / rows}
            label={t('run.progress')}
            valueText={t('run.done', { done, rows })}
          />
          <Figures view={view} counts={counts} done={done} rows={rows} />
        </>
      ) : null}
      {batch.state === 'halted' && batch.error !== undefined ? (
        <p className="text-xs leading-5 text-danger">
          <FailureText error={batch.error} />
        </p>
      ) : null}
      {holds.map((hold) => (
        <p key={hold} className="text-xs leading-5 text-warning">
          {t(`holds.${hold}`)}
        </p>
      ))}
      <Controls {...{ view, isBusy, onAct }} hasFailed={counts.failed + counts.interrupted > 0} />
      {done === 0 ? null : <Downloads id={batch.id} />}
    </section>
  )
}

function Figures({
  view: { progress },
  counts,
  done,
  rows,
}: {
  view: BatchView
  counts: { complete: number; interrupted: number; failed: number }
  done: number
  rows: number
}) {
  const t = useTranslations('batch.run')
  const locale = useLocale()
  const rate = (value: number | undefined) =>
    value === undefined ? t('none') : formatRate({ tokensPerSecond: value, locale })
  const count = (value: number) => formatCount({ count: value, locale })
  const figures = [
    ['done', t('done', { done: count(done), rows: count(rows) }), ''],
    ['complete', count(counts.complete), t('complete')],
    ['failed', count(counts.failed), t('failed')],
    ['interrupted', count(counts.interrupted), t('interrupted')],
    ...(progress === undefined
      ? []
      : [
          ['inFlight', count(progress.inFlight), t('inFlight')],
          ['rate', rate(progress.rowsPerSecond), t('rate')],
          ['tokens', rate(progress.tokensPerSecond), t('tokens')],
          ['elapsed', formatElapsed(progress.elapsedMs), t('elapsed')],
          [
            'left',
            progress.leftMs === undefined ? t('none') : formatElapsed(progress.leftMs),
            t('left'),
          ],
        ]),
  ] as const
  return (
    <p className="flex flex-wrap gap-x-4 gap-y-1 text-xs leading-5 tabular-nums">
      {figures.map(([name, value, label]) => (
        <span key={name} data-figure={name}>
          {value} <span className="text-muted-foreground">{label}</span>
        </span>
      ))}
    </p>
  )
}

function Controls({
  view: { batch },
  hasFailed,
  isBusy,
  onAct,
}: {
  view: BatchView
  hasFailed: boolean
  isBusy: boolean
  onAct: (action: BatchAction) => void
}) {
  const t = useTranslations('batch.run')
  const { state } = batch
  const isStopped = state === 'paused' || state === 'cancelled' || state === 'halted'
  const isMoving = state === 'running' || state === 'queued'
  const actions = [
    ...(isMoving ? (['pause'] as const) : []),
    ...(isStopped ? (['resume'] as const) : []),
    ...(isMoving || state === 'paused' || state === 'comparing' ? (['cancel'] as const) : []),
    ...(hasFailed && (isStopped || state === 'complete') ? (['retry'] as const) : []),
  ]
  if (actions.length === 0) return null
  return (
    <div className="flex flex-wrap gap-2 print:hidden">
      {actions.map((action) => (
        <Button key={action} size="small" disabled={isBusy} onClick={() => onAct({ action })}>
          {t(action)}
        </Button>
      ))}
    </div>
  )
}

const FORMATS = ['csv', 'jsonl', 'openai'] as const
const ORDERS = ['input', 'done'] as const

function Downloads({ id }: { id: string }) {
  const t = useTranslations('batch.run')
  const [order, setOrder] = useState<(typeof ORDERS)[number]>('input')
  return (
    <div className="flex flex-wrap items-end gap-2 print:hidden">
      <SelectField
        label={t('order')}
        value={order}
        groups={[{ choices: ORDERS.map((name) => ({ value: name, label: t(`orders.${name}`) })) }]}
        onChoose={(value) => setOrder(ORDERS.find((name) => name === value) ?? 'input')}
      />
      {FORMATS.map((format) => (
        <a
          key={format}
          href={`/api/batch/${id}/results?format=${format}&order=${order}`}
          download=""
          className={buttonClasses({ size: 'small' })}
        >
          {t(format)}
        </a>
      ))}
    </div>
  )
}
