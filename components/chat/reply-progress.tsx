'use client'

import { useLocale, useTranslations } from 'next-intl'
import type { LiveReply } from '@/lib/client/thread-state'
import { useWaited } from './use-waited'

/** What the reader is waiting for, in the line that the timing takes afterwards. */
export function ReplyProgress({ live, hasText }: { live: LiveReply; hasText: boolean }) {
  const t = useTranslations('chat')
  const waited = useWaited({ startedAtMs: live.startedAtMs, locale: useLocale() })
  return (
    <p
      data-stage={live.progress.stage}
      className="flex min-h-8 items-center gap-2 text-xs text-muted-foreground tabular-nums"
    >
      <span
        aria-hidden="true"
        className="size-1.5 rounded-full bg-accent motion-safe:animate-pulse"
      />
      <span>
        {toWords()}
        {waited === undefined || live.connection === 'lost' ? null : ` · ${waited}`}
      </span>
    </p>
  )

  function toWords(): string {
    if (live.isStopping) return t('stopping')
    if (live.connection === 'rejoining') return t('reconnecting')
    if (live.connection === 'lost') return t('lost')
    const { stage, aheadRequests = 0 } = live.progress
    if (hasText) return t('stages.generating')
    if (stage === 'queued' && aheadRequests > 0) {
      return t('stages.queuedBehind', { count: aheadRequests })
    }
    return t(`stages.${stage}`)
  }
}
