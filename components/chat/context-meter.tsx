'use client'

import { useTranslations } from 'next-intl'
import type { ContextMeter as Context, TrimOffer } from '@/lib/domain/context-meter'
import { cn } from '@/lib/utils'

const NEAR = 0.9

/** The draft's prompt against the engine's context: a thin bar, its figures, and a word before the limit. */
export function ContextMeter({ context }: { context: Context }) {
  const t = useTranslations('composer.context')
  const { promptTokens, maxModelLen, isTooLong, trim } = context
  const share = isTooLong ? 1 : Math.min(1, (promptTokens ?? 0) / maxModelLen)
  const isNear = share >= NEAR
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
        {isTooLong ? (
          <TooLong trim={trim} />
        ) : isNear ? (
          t('near', { left: maxModelLen - (promptTokens ?? 0) })
        ) : null}
      </p>
    </div>
  )
}

function toFill({ isTooLong, isNear }: { isTooLong: boolean; isNear: boolean }): string {
  if (isTooLong) return 'bg-danger'
  return isNear ? 'bg-warning' : 'bg-accent'
}

function TooLong({ trim }: { trim: TrimOffer | undefined }) {
  const t = useTranslations('composer.context')
  if (trim === undefined) return t('tooLong')
  return trim.isEnough ? t('tooLongUnless', { count: trim.questionIds.length }) : t('tooLongAlone')
}
