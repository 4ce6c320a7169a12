'use client'

import { useTranslations } from 'next-intl'
import { LocalTime } from '@/components/ui/local-time'
import type { EngineActivity, ReplyTrace } from '@/lib/domain/reply-trace'
import { FactList } from './fact-list'
import { useValues, type Values } from './use-values'

/** Who answered and under which names: what a bug report needs. */
export function TraceFacts({ trace }: { trace: ReplyTrace }) {
  const t = useTranslations('trace.facts')
  const unreported = t('unreported')
  return (
    <FactList
      facts={[
        [t('time'), <LocalTime key="time" atMs={trace.createdAtMs} />],
        [t('model'), trace.model],
        [t('finishReason'), trace.finishReason],
        [t('requestId'), trace.runId],
        [t('messageId'), trace.messageId],
        [t('completionId'), trace.completionId ?? unreported],
        [t('engineVersion'), trace.engineVersion ?? unreported],
        [t('fingerprint'), trace.systemFingerprint ?? unreported],
      ]}
    />
  )
}

export function TokenFacts({ trace: { timing, status } }: { trace: ReplyTrace }) {
  const t = useTranslations('trace')
  const { count, duration } = useValues()
  if (timing === undefined) return <p className="text-xs text-muted-foreground">{t('noTiming')}</p>
  const { promptTokens, cachedTokens, completionTokens, tokensPerSecond, decodeMs } = timing
  // What the engine says with its last event no flag brings to an answer that was cut before.
  const toWords = (value: string | undefined, missing: string) =>
    value ?? t(status === 'complete' ? `tokens.${missing}` : 'missing.cut')
  const tokens = (value: number | undefined) => (value === undefined ? undefined : count(value))
  return (
    <FactList
      facts={[
        [t('tokens.prompt'), toWords(tokens(promptTokens), 'unreported')],
        [t('tokens.cached'), toWords(tokens(cachedTokens), 'cachedUnreported')],
        [t('tokens.completion'), toWords(tokens(completionTokens), 'unreported')],
        [t('tokens.rate'), toWords(tokensPerSecond?.toFixed(1), 'rateMissing')],
        [
          t('tokens.engineDecode'),
          toWords(decodeMs === undefined ? undefined : duration(decodeMs), 'decodeUnreported'),
        ],
      ]}
    />
  )
}

/** What the engine did besides; its own counters before and after the answer. */
export function ActivityFacts({ activity }: { activity: EngineActivity | undefined }) {
  const t = useTranslations('trace.activity')
  const values = useValues()
  if (activity === undefined) return <p className="text-xs text-muted-foreground">{t('none')}</p>
  const { kvCacheUsageAtStart, kvCacheUsageAtEnd, processStartedAtMs } = activity
  const count = (value: number | undefined) =>
    value === undefined ? undefined : values.count(value)
  return (
    <FactList
      facts={[
        [t('ahead'), count(activity.aheadRequests)],
        [t('runningAtEnd'), count(activity.runningAtEnd)],
        [t('waitingAtEnd'), count(activity.waitingAtEnd)],
        [t('kvCache'), toSpan({ values, from: kvCacheUsageAtStart, to: kvCacheUsageAtEnd })],
        [t('preemptions'), count(activity.preemptions)],
        [t('generationTokens'), count(activity.generationTokens)],
        [t('promptTokens'), count(activity.promptTokens)],
        [t('prefixQueries'), count(activity.prefixCacheQueryTokens)],
        [t('prefixHits'), count(activity.prefixCacheHitTokens)],
        [
          t('processStarted'),
          processStartedAtMs === undefined ? undefined : (
            <LocalTime key="started" atMs={processStartedAtMs} />
          ),
        ],
      ]}
    />
  )
}

function toSpan(options: { values: Values; from: number | undefined; to: number | undefined }) {
  const { values, from, to } = options
  if (from === undefined || to === undefined) {
    const known = from ?? to
    return known === undefined ? undefined : values.share(known)
  }
  return `${values.share(from)} → ${values.share(to)}`
}
