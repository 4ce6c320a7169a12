'use client'

import { useTranslations } from 'next-intl'
import { useStore } from 'zustand'
import { Button } from '@/components/ui/button'
import type { ThreadStore } from '@/lib/client/create-thread-store'
import { ERROR_CODES } from '@/lib/domain/error'
import { ErrorNote } from './error-note'

/** A question without an answer from our server: kept, marked, and sent again with the same ids. */
export function UnsentNote({ store }: { store: ThreadStore }) {
  const t = useTranslations()
  const unsent = useStore(store, (state) => state.unsent)
  if (unsent === undefined) return null
  return (
    <ErrorNote error={unsent.error} title={t('composer.refusedTitle')}>
      {ERROR_CODES[unsent.error.code].retryable ? (
        <Button size="small" onClick={() => void store.actions.resend()}>
          {t('chat.retry')}
        </Button>
      ) : null}
      {unsent.canRecall ? (
        <Button size="small" variant="ghost" onClick={store.actions.recall}>
          {t('chat.editQuestion')}
        </Button>
      ) : (
        <Button size="small" variant="ghost" onClick={store.actions.dropUnsent}>
          {t('chat.keepAnswer')}
        </Button>
      )}
    </ErrorNote>
  )
}
