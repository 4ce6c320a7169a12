'use client'

import { useTranslations } from 'next-intl'
import type { ThreadStore } from '@/lib/client/create-thread-store'
import type { SaveTrim } from '@/lib/client/save-trim'
import { type ContextMeter as Context, NEAR_CONTEXT } from '@/lib/domain/context-meter'
import { cn } from '@/lib/utils'
import { TrimOffer } from './trim-offer'

/** The draft's prompt against the engine's context: a thin bar, its figures, a word before the limit, and the way on. */
export function ContextMeter({
  context,
  store,
  save,
}: {
  context: Context
  store: ThreadStore
  save?: SaveTrim | undefined
}) {
  const t = useTranslations('composer.context')
  const { promptTokens, maxModelLen, isTooLong, trim } = context
  const share = isTooLong ? 1 : Math.min(1, (promptTokens ?? 0) / maxModelLen)
  const isNear = share >= NEAR_CONTEXT
  const figures =
    promptTokens === undefined
      ? t('beyond', { limit: maxModelLen })
      : t('figures', { tokens: promptTokens, limit: maxModelLen })
  return (
    <div
      data-context={isTooLong ? 'too-long' : isNear ? 'near' : 'fits'}
      className="mr-auto min-w-0 text-xs leading-4 text-muted-foreground tabular-nums"
    >
      <div className="flex items-center gap-2">
        <meter
          className="sr-only"
          aria-label={t('label')}
          aria-valuetext={figures}
          max={maxModelLen}
          value={Math.min(promptTokens ?? maxModelLen, maxModelLen)}
        />
        <span
          aria-hidden="true"
          className="h-1 w-16 shrink-0 overflow-hidden rounded-full bg-border"
        >
          <span
            className={cn('block h-full', toFill({ isTooLong, isNear }))}
            style={{ width: `${share * 100}%` }}
          />
        </span>
        <span aria-hidden="true" title={t('definition')}>
          {figures}
        </span>
      </div>
      <p role="status" className={cn('empty:hidden', isTooLong ? 'text-danger' : 'text-warning')}>
        {isTooLong
          ? t(trim?.isEnough === false ? 'tooLongAlone' : 'tooLong')
          : isNear
            ? t('near', { left: maxModelLen - (promptTokens ?? 0) })
            : null}
      </p>
      {trim?.isEnough === true && trim.throughId !== undefined ? (
        <details className="mt-1">
          <summary className="w-fit text-foreground">
            {t('leaveOut', { count: trim.questionIds.length })}
          </summary>
          <div className="py-1">
            <TrimOffer {...{ store, save }} offer={trim} action={t('leaveOutNow')}>
              {t('wouldLeave', { tokens: trim.promptTokens })}
            </TrimOffer>
          </div>
        </details>
      ) : null}
    </div>
  )
}

function toFill({ isTooLong, isNear }: { isTooLong: boolean; isNear: boolean }): string {
  if (isTooLong) return 'bg-danger'
  return isNear ? 'bg-warning' : 'bg-accent'
}
