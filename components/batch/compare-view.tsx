'use client'

import { useLocale, useTranslations } from 'next-intl'
import { PlainTable } from '@/components/ui/figure-table'
import { Plot } from '@/components/ui/plot/plot'
import type { CompareLevel, CompareReport } from '@/lib/domain/batch'
import { formatDuration, formatMilliseconds } from '@/lib/timing/format-duration'
import { formatRate } from '@/lib/timing/format-rate'

const CHANGES = ['meanE2el', 'meanWait', 'wall', 'outputTokens'] as const

/** The same rows at several concurrencies: the curve with its knee, the table, and what it came to. */
export function CompareView({ report, isRunning }: { report: CompareReport; isRunning: boolean }) {
  const t = useTranslations('batch.compare')
  const { levels, rows } = report
  // What follows from the levels follows from all of them.
  const shown = isRunning ? { rows, levels } : report
  return (
    <section aria-label={t('heading')} className="min-w-0 space-y-3">
      <h2 className="text-[0.8125rem] font-medium">{t('heading')}</h2>
      {isRunning ? (
        <p role="status" className="text-xs leading-5 text-accent">
          {t('running', { count: levels.length })}
        </p>
      ) : null}
      {levels.length === 0 ? null : (
        <>
          <p className="text-xs leading-5 text-muted-foreground">{t('text', { rows })}</p>
          <Curve report={shown} />
          {shown.knee === undefined ? null : (
            <p className="text-xs leading-5">{t('kneeText', { concurrency: shown.knee })}</p>
          )}
          <Levels report={shown} />
          <Change report={shown} />
        </>
      )}
    </section>
  )
}

type CurvePoint = { x: number; y: number; concurrency: number }

function Curve({ report: { levels, knee } }: { report: CompareReport }) {
  const t = useTranslations('batch.compare')
  const locale = useLocale()
  const points = levels.flatMap((level): CurvePoint[] => {
    const { outputTokensPerSecond: rate, medianTtftMs, concurrency } = level
    if (rate === undefined || medianTtftMs === undefined) return []
    return [{ x: rate, y: medianTtftMs, concurrency }]
  })
  const kneePoint = points.find(({ concurrency }) => concurrency === knee)
  return (
    <figure className="min-w-0">
      <figcaption className="mb-1 text-xs leading-5 font-medium">{t('curve')}</figcaption>
      <Plot
        label={t('curveLabel', { count: points.length })}
        height={220}
        series={[
          { name: 'path', shape: 'line', color: 'border-strong', points },
          { name: 'levels', shape: 'dot', color: 'accent', points },
        ]}
        marks={kneePoint === undefined ? [] : [{ x: kneePoint.x, label: t('knee') }]}
        x={{ title: t('throughput'), format: (value) => value.toLocaleString(locale) }}
        y={{ title: t('ttft'), format: (value) => value.toLocaleString(locale) }}
        write={({ x, y, concurrency }) =>
          t('point', {
            concurrency,
            rate: formatRate({ tokensPerSecond: x, locale }),
            ttft: formatDuration({ ms: y, locale }),
          })
        }
      />
    </figure>
  )
}

function Levels({ report: { levels, knee } }: { report: CompareReport }) {
  const t = useTranslations('batch.compare')
  const locale = useLocale()
  const seconds = (ms: number | undefined) =>
    ms === undefined ? '—' : (ms / 1000).toLocaleString(locale, { maximumFractionDigits: 2 })
  const ms = (value: number | undefined) =>
    value === undefined ? '—' : formatMilliseconds({ ms: value, locale })
  const toCells = (level: CompareLevel) => [
    level.concurrency === knee ? `${level.concurrency} · ${t('knee')}` : level.concurrency,
    seconds(level.wallMs),
    seconds(level.meanE2elMs),
    seconds(level.meanWaitMs),
    ms(level.medianTtftMs),
    ms(level.p99TtftMs),
    level.outputTokensPerSecond === undefined
      ? '—'
      : formatRate({ tokensPerSecond: level.outputTokensPerSecond, locale }),
    level.failed,
  ]
  const names = ['concurrency', 'wall', 'e2el', 'wait', 'ttft', 'p99', 'rate', 'failed'] as const
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label={t('table')}
      className="overflow-x-auto rounded-lg border border-border"
    >
      <PlainTable
        caption={t('table')}
        columns={names.map((name) => ({ name, label: t(`columns.${name}`), isNumeric: true }))}
        rows={levels.map((level) => ({ key: String(level.concurrency), cells: toCells(level) }))}
      />
    </section>
  )
}

function Change({ report: { levels, change } }: { report: CompareReport }) {
  const t = useTranslations('batch.compare')
  const locale = useLocale()
  if (change === undefined) return null
  const percent = new Intl.NumberFormat(locale, {
    style: 'percent',
    signDisplay: 'exceptZero',
    maximumFractionDigits: 0,
  })
  const first = levels[0]?.concurrency ?? 1
  const last = levels.at(-1)?.concurrency ?? 1
  return (
    <div className="text-xs leading-5">
      <p className="font-medium">{t('changeTitle', { first, last })}</p>
      <dl className="tabular-nums">
        {CHANGES.map((name) => {
          const share = change[name]
          if (share === undefined) return null
          return (
            <div key={name} className="mb-1 sm:mb-0 sm:flex sm:gap-x-3" data-change={name}>
              <dt className="min-w-52 text-muted-foreground">{t(`change.${name}`)}</dt>
              <dd>
                {percent.format(share)} {t('measured')}
                {name === 'meanE2el' ? ` · ${t('claim')}` : ''}
              </dd>
            </div>
          )
        })}
      </dl>
    </div>
  )
}
