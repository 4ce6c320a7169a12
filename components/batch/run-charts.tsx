'use client'

import { useLocale, useTranslations } from 'next-intl'
import { FigureTable } from '@/components/ui/figure-table'
import { Plot } from '@/components/ui/plot/plot'
import type { BatchSample } from '@/lib/domain/batch'
import { formatCount } from '@/lib/timing/format-count'
import { formatRate } from '@/lib/timing/format-rate'

/** What was in flight and what came of it, over the last start. */
export function RunCharts({ samples }: { samples: readonly BatchSample[] }) {
  const t = useTranslations('batch.charts')
  const locale = useLocale()
  const toSeconds = (ms: number) => Math.round(ms / 100) / 10
  const number = (value: number) => value.toLocaleString(locale)
  const write = ({ x, y }: { x: number; y: number }) =>
    t('point', { time: number(x), value: formatRate({ tokensPerSecond: y, locale }) })
  const x = { title: t('time'), format: number }
  const count = samples.length
  return (
    <section aria-label={t('heading')}>
      <div className="grid gap-x-8 gap-y-4 xl:grid-cols-2">
        <Plot
          label={t('inFlightLabel', { count })}
          height={140}
          series={[
            {
              name: 'in-flight',
              shape: 'line',
              color: 'accent',
              points: samples.map(({ atMs, inFlight }) => ({ x: toSeconds(atMs), y: inFlight })),
            },
          ]}
          x={x}
          y={{ title: t('inFlight'), format: number }}
          write={write}
        />
        <Plot
          label={t('tokensLabel', { count })}
          height={140}
          series={[
            {
              name: 'tokens',
              shape: 'line',
              color: 'accent',
              points: samples.map(({ atMs, tokensPerSecond }) => ({
                x: toSeconds(atMs),
                y: tokensPerSecond,
              })),
            },
          ]}
          x={x}
          y={{ title: t('tokens'), format: number }}
          write={write}
        />
      </div>
      <FigureTable
        summary={t('asTable')}
        caption={t('table')}
        columns={[
          { name: 'time', label: t('time'), isNumeric: true },
          { name: 'inFlight', label: t('inFlight'), isNumeric: true },
          { name: 'done', label: t('done'), isNumeric: true },
          { name: 'tokens', label: t('tokens'), isNumeric: true },
        ]}
        rows={() =>
          samples.map(({ atMs, inFlight, done, tokensPerSecond }) => ({
            key: String(atMs),
            cells: [
              number(toSeconds(atMs)),
              inFlight,
              formatCount({ count: done, locale }),
              formatRate({ tokensPerSecond, locale }),
            ],
          }))
        }
      />
    </section>
  )
}
