'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { useStore } from 'zustand'
import { Button } from '@/components/ui/button'
import type { ThreadStore } from '@/lib/client/create-thread-store'
import { type SaveTrim, saveTrim } from '@/lib/client/save-trim'
import { selectIsFree } from '@/lib/client/thread-state'
import type { PublicError } from '@/lib/domain/error'
import { ErrorNote } from './error-note'

/** Stands behind the last answer that is no longer sent, and takes the trim back. */
export function TrimBorder({
  store,
  replyId,
  save = saveTrim,
}: {
  store: ThreadStore
  replyId: string
  save?: SaveTrim
}) {
  const t = useTranslations('chat.trim')
  const isFree = useStore(store, selectIsFree)
  const turns = useStore(store, ({ messages }) => {
    const end = messages.findIndex(({ id }) => id === replyId)
    return messages.slice(0, end + 1).filter(({ role }) => role === 'user').length
  })
  // More of them may stand above what is loaded.
  const hasEarlier = useStore(store, (state) => state.hasEarlier)
  const [error, setError] = useState<PublicError>()
  const undo = async () => {
    const fault = await save({ store, replyId, isTrimEnd: false })
    if (fault === undefined) document.getElementById('chat-input')?.focus()
    setError(fault)
  }
  return (
    <section
      data-trim-border={turns}
      aria-label={t('borderLabel')}
      className="mt-6 border-t border-dashed border-border-strong pt-2 text-sm leading-6 text-muted-foreground"
    >
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <p className="min-w-0 flex-1 basis-64">
          {hasEarlier ? t('borderAll') : t('border', { count: turns })}
        </p>
        <Button size="small" disabled={!isFree} className="print:hidden" onClick={undo}>
          {t('undo')}
        </Button>
      </div>
      {error === undefined ? null : (
        <div role="alert" className="mt-2">
          <ErrorNote error={error} title={t('failed')} />
        </div>
      )}
    </section>
  )
}
