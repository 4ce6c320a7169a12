'use client'

import { useTranslations } from 'next-intl'
import { Term } from '@/components/ui/term'
import { debugApi } from '@/lib/client/debug-api'
import type { EnginePulse } from '@/lib/domain/reply-trace'
import { cn } from '@/lib/utils'
import { usePolled } from './use-polled'
import { useValues, type Values } from './use-values'

const FIGURES = [
  'runningRequests',
  'waitingRequests',
  'kvCacheUsage',
  'prefixCacheHitRate',
  'preemptionsPerMinute',
  'generationTokensPerSecond',
  'promptTokensPerSecond',
  'ttftP95Ms',
] as const satisfies readonly (keyof EnginePulse)[]

type FigureName = (typeof FIGURES)[number]

export function LiveEngineStrip() {
  const { answer, isLive } = usePolled(debugApi.loadPulse)
  return <EngineStrip pulse={answer} isLive={isLive} />
}

/** The engine at this moment, by its own counters. */
export function EngineStrip({
  pulse,
  isLive,
}: {
  /** Undefined until it was asked. */
  pulse: EnginePulse | undefined
  isLive: boolean
}) {
  const t = useTranslations('debug.engine')
  const values = useValues()
  return (
    <section aria-label={t('label')} className="rounded-xl border border-border">
      <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-xl bg-border sm:grid-cols-4 xl:grid-cols-8">
        {FIGURES.map((name) => {
          const value = pulse?.[name]
          return (
            <div key={name} data-figure={name} className="bg-background px-3 py-2">
              <dt className="text-xs leading-5 text-muted-foreground">
                <Term definition={t(`${name}.definition`)} side="below">
                  {t(`${name}.label`)}
                </Term>
              </dt>
              <dd
                className={cn(
                  'tabular-nums',
                  value === undefined ? 'text-xs text-muted-foreground' : 'text-sm font-medium',
                  name === 'waitingRequests' && (value ?? 0) > 0 && 'text-warning',
                )}
              >
                {value === undefined
                  ? t(isAsked({ pulse, isLive }))
                  : format({ name, value, values })}
              </dd>
            </div>
          )
        })}
      </dl>
    </section>
  )
}

function isAsked({ pulse, isLive }: { pulse: EnginePulse | undefined; isLive: boolean }) {
  if (pulse !== undefined) return 'unreported'
  return isLive ? 'asking' : 'unreachable'
}

function format(options: { name: FigureName; value: number; values: Values }): string {
  const { name, value, values } = options
  if (name === 'kvCacheUsage' || name === 'prefixCacheHitRate') return values.share(value)
  return name === 'ttftP95Ms' ? values.duration(value) : values.count(value)
}
