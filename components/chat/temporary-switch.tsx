'use client'

import { useTranslations } from 'next-intl'
import { useStore } from 'zustand'
import { Button } from '@/components/ui/button'
import type { ThreadStore } from '@/lib/client/create-thread-store'

/** On the start page: nothing of the chat that begins will be stored. */
export function TemporarySwitch({ store }: { store: ThreadStore }) {
  const t = useTranslations('chat.temporary')
  const isTemporary = useStore(store, (state) => state.isTemporary)
  return (
    <div className="mt-3 flex flex-wrap items-center justify-center gap-x-3">
      <Button
        id="temporary-button"
        variant={isTemporary ? 'outline' : 'ghost'}
        size="small"
        aria-pressed={isTemporary}
        onClick={() => store.actions.setTemporary(!isTemporary)}
      >
        {t('switch')}
      </Button>
      {isTemporary ? (
        <p role="status" className="text-xs text-muted-foreground">
          {t('text')}
        </p>
      ) : null}
    </div>
  )
}

/** Above the messages of such a chat. */
export function TemporaryNote({ store }: { store: ThreadStore }) {
  const t = useTranslations('chat.temporary')
  const isTemporary = useStore(store, (state) => state.isTemporary)
  if (!isTemporary) return null
  return <p className="text-center text-xs text-muted-foreground">{t('text')}</p>
}
