'use client'

import { useLocale, useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { useRichMessage } from '@/components/providers/use-rich-message'
import type { ShownPhase } from '@/lib/client/readiness-store'
import { toPhaseDetails } from '@/lib/client/to-phase-details'
import type { Readiness } from '@/lib/domain/readiness'

/** Everything the server knows of the engine; what the engine does not tell is named as not reported. */
export function EngineFacts({ phase, readiness }: { phase: ShownPhase; readiness: Readiness }) {
  const t = useTranslations()
  const rich = useRichMessage()
  const locale = useLocale()
  const { model, load, engineUrl, engineVersion, systemPrompt, isLocal } = readiness
  const details = toPhaseDetails(readiness)
  const usage = load?.kvCacheUsage
  const rows: [string, ReactNode][] = [
    [t('pill.model'), model?.id],
    [t('pill.root'), model?.root === model?.id ? undefined : model?.root],
    [t('pill.url'), engineUrl],
    [t(isLocal ? 'pill.localVersion' : 'pill.version'), engineVersion ?? t('pill.notReported')],
    [
      t('pill.context'),
      model?.maxModelLen === undefined
        ? t('pill.notReported')
        : t('pill.contextTokens', { count: model.maxModelLen }),
    ],
    [
      t('pill.load'),
      load === undefined
        ? t('pill.notReported')
        : t('pill.loadText', { running: load.runningRequests, waiting: load.waitingRequests }),
    ],
    [
      t('pill.kvCache'),
      usage === undefined ? t('pill.notReported') : formatShare({ share: usage, locale }),
    ],
    [t('pill.systemPrompt'), <SystemPromptWords key="words" facts={systemPrompt} />],
  ]

  return (
    <>
      <p className="font-medium">{t(`phases.${phase}.label`)}</p>
      <p className="mt-0.5 text-[0.8125rem] leading-5 text-muted-foreground">
        {rich(`phases.${phase}.sentence`, details)}
      </p>
      {phase === 'saturated' ? (
        <p className="mt-1 text-[0.8125rem] leading-5 text-muted-foreground">
          {rich(isLocal ? 'pill.localSaturated' : 'phases.saturated.remedy', details)}
        </p>
      ) : null}
      {isLocal ? (
        <p className="mt-2 text-[0.8125rem] leading-5">
          {rich('gate.local', details)} {rich('gate.localTaste')}
        </p>
      ) : null}
      <dl className="mt-3 grid grid-cols-[auto_1fr] gap-x-4 gap-y-1.5 border-t border-border pt-3 text-[0.8125rem] leading-5">
        {rows.map(([name, value]) =>
          value === undefined ? null : (
            <div key={name} className="col-span-2 grid grid-cols-subgrid">
              <dt className="text-muted-foreground">{name}</dt>
              <dd className="min-w-0 tabular-nums [overflow-wrap:anywhere]">{value}</dd>
            </div>
          ),
        )}
      </dl>
    </>
  )
}

function SystemPromptWords({ facts }: { facts: Readiness['systemPrompt'] }) {
  const t = useTranslations()
  const { tokens, isCacheable } = facts
  return (
    <>
      {tokens === undefined
        ? t('pill.notReported')
        : t('pill.systemPromptTokens', { count: tokens })}
      {isCacheable === undefined ? null : (
        <span className={isCacheable ? 'block text-muted-foreground' : 'block text-warning'}>
          {t(isCacheable ? 'pill.cacheable' : 'pill.notCacheable')}
        </span>
      )}
    </>
  )
}

function formatShare({ share, locale }: { share: number; locale: string }): string {
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(share * 100)} %`
}
