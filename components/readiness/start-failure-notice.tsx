'use client'

import { useTranslations } from 'next-intl'
import { useRichMessage } from '@/components/providers/use-rich-message'
import type { StartFailure } from '@/lib/domain/readiness'
import { formatElapsed } from '@/lib/timing/format-elapsed'

type StartFailureNoticeProps = {
  failure: StartFailure
  /** Without it there is still the scripted demo. */
  isLocal: boolean
}

/** The fatal line of the engine's log and the cure for it; the sentence stands above, in the gate's status. */
export function StartFailureNotice({ failure, isLocal }: StartFailureNoticeProps) {
  const t = useTranslations('gate')
  const rich = useRichMessage()
  const key = useFailureKey(failure)
  return (
    <div className="mt-3 space-y-3 text-[0.8125rem] leading-6">
      <div>
        <p className="text-xs font-medium text-muted-foreground">{t('cure')}</p>
        <p>{rich(`failures.${key}.cure`, failure.details)}</p>
        {isLocal ? <p>{rich('gate.localWayOut')}</p> : null}
        {failure.nextTryInMs === undefined ? null : (
          <p className="tabular-nums">
            {t('nextTry', { elapsed: formatElapsed(failure.nextTryInMs) })}
          </p>
        )}
      </div>
      <div>
        <p className="text-xs font-medium text-muted-foreground">{t('failureLine')}</p>
        <p
          // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls only what it can reach
          tabIndex={0}
          className="mt-1 max-h-24 overflow-y-auto rounded-lg bg-danger-soft px-3 py-2 font-mono text-xs leading-5 [overflow-wrap:anywhere]"
        >
          {failure.line}
        </p>
      </div>
    </div>
  )
}

/** The code's own words, or those for a code that has none. */
export function useFailureKey({ code }: StartFailure): string {
  const t = useTranslations('failures')
  return t.has(`${code}.sentence`) ? code : 'unlisted'
}
