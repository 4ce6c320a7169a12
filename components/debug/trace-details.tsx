'use client'

import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { useRichMessage } from '@/components/providers/use-rich-message'
import { CopyTextButton } from '@/components/ui/copy-text-button'
import { copyText } from '@/lib/client/copy-text'
import type { ReplyTrace } from '@/lib/domain/reply-trace'
import { toCurl } from '@/lib/timing/to-curl'
import { toReport } from '@/lib/timing/to-report'
import { FlagList } from './flag-list'
import { GapPlot } from './gap-plot'
import { PrefixVerdict } from './prefix-verdict'
import { RequestView } from './request-view'
import { ActivityFacts, TokenFacts, TraceFacts } from './trace-facts'
import { WaterfallChart } from './waterfall-chart'

/** All that is known of one answer, the cause of its time first. */
export function TraceDetails({ trace }: { trace: ReplyTrace }) {
  const t = useTranslations('trace')
  const rich = useRichMessage()
  const words = { copied: t('copied'), failed: t('copyFailed') }
  return (
    <div className="space-y-6 text-[0.8125rem]">
      <div className="flex flex-wrap items-center gap-2 print:hidden">
        <CopyTextButton
          label={t('copyReport')}
          words={words}
          onCopy={() => copyText(toReport(trace))}
        />
        <CopyTextButton
          label={t('copyCurl')}
          words={words}
          onCopy={() => copyText(toCurl(trace))}
        />
      </div>
      {trace.error === undefined ? null : (
        <p className="text-danger" data-error={trace.error.code}>
          {rich(`errors.${trace.error.code}.text`, trace.error.details)}
        </p>
      )}
      <Section title={t('waterfall')}>
        <WaterfallChart trace={trace} />
      </Section>
      <Section title={t('flags')}>
        <FlagList flags={trace.flags} />
      </Section>
      <Section title={t('prefixCache')}>
        <PrefixVerdict verdict={trace.prefix} />
      </Section>
      <Section title={t('gapsTitle')}>
        <GapPlot arrivalOffsetsMs={trace.arrivalOffsetsMs} />
      </Section>
      <Section title={t('tokensTitle')}>
        <TokenFacts trace={trace} />
      </Section>
      <Section title={t('activityTitle')}>
        <ActivityFacts activity={trace.activity} />
      </Section>
      <Section title={t('factsTitle')}>
        <TraceFacts trace={trace} />
      </Section>
      <Section title={t('requestTitle')}>
        <RequestView trace={trace} />
      </Section>
    </div>
  )
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="break-inside-avoid">
      <h3 className="mb-1.5 font-medium">{title}</h3>
      {children}
    </section>
  )
}
