'use client'

import { useTranslations } from 'next-intl'
import { useRichMessage } from '@/components/providers/use-rich-message'
import type { PrefixVerdict as Verdict } from '@/lib/domain/reply-trace'
import { FactList } from './fact-list'
import { useValues } from './use-values'

/** What the prefix cache gave beside what was predicted, and why. */
export function PrefixVerdict({ verdict }: { verdict: Verdict | undefined }) {
  const t = useTranslations('trace.prefix')
  const rich = useRichMessage()
  const { count } = useValues()
  if (verdict === undefined) return <p className="text-xs text-muted-foreground">{t('none')}</p>
  const { reason, changedText, ...details } = verdict
  const { predictedTokens, reportedTokens, promptTokens, commonPrefixTokens, blockSizeTokens } =
    details
  const tokens = (value: number | undefined) => (value === undefined ? undefined : count(value))
  return (
    <div data-prefix={reason}>
      <p className="leading-5">
        <span className="font-medium">{rich(`prefix.${reason}.label`)}</span>{' '}
        <span className="text-muted-foreground">{rich(`prefix.${reason}.text`, details)}</span>
      </p>
      {isMore(verdict) ? <p className="leading-5 text-muted-foreground">{t('more')}</p> : null}
      {changedText === undefined ? null : (
        <p className="mt-1.5 rounded-lg bg-muted px-3 py-1.5 font-mono text-xs whitespace-pre-wrap [overflow-wrap:anywhere]">
          {changedText}
        </p>
      )}
      <FactList
        facts={[
          [t('predicted'), tokens(predictedTokens)],
          [t('reported'), tokens(reportedTokens)],
          [t('prompt'), tokens(promptTokens)],
          [t('common'), tokens(commonPrefixTokens)],
          [t('block'), tokens(blockSizeTokens)],
        ]}
      />
    </div>
  )
}

/** The prediction knows this conversation only. */
function isMore({ predictedTokens, reportedTokens }: Partial<Verdict>): boolean {
  return (
    predictedTokens !== undefined &&
    reportedTokens !== undefined &&
    reportedTokens > predictedTokens
  )
}
