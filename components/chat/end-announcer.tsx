'use client'

import { useTranslations } from 'next-intl'
import { useStore } from 'zustand'
import type { ThreadStore } from '@/lib/client/create-thread-store'

/** A screen reader is told of the end of an answer, not of each of its words. */
export function EndAnnouncer({ store }: { store: ThreadStore }) {
  const t = useTranslations('chat.announce')
  const lastEnd = useStore(store, (state) => state.lastEnd)
  const status = lastEnd?.status
  return (
    <p role="status" className="sr-only">
      {status === undefined || status === 'streaming' ? null : (
        <span key={lastEnd?.runId}>{t(status)}</span>
      )}
    </p>
  )
}
