'use client'

import { Clock } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { Button } from '@/components/ui/button'
import type { ThreadStore } from '@/lib/client/create-thread-store'
import { writeQueued } from '@/lib/client/queue-memory'

/** The follow-up that waits for the end of an answer: shown, kept over a reload, taken back. */
export function QueuedNote({ store }: { store: ThreadStore }) {
  const t = useTranslations('composer.queue')
  const queued = useStore(store, (state) => state.queued)
  const { actions } = store

  useEffect(() => {
    writeQueued(store.getState())
    return store.subscribe((state, before) => {
      if (state.queued !== before.queued) writeQueued(state)
    })
  }, [store])

  if (queued === undefined) return null
  return (
    <section
      aria-label={t('label')}
      data-queued=""
      className="flex items-center gap-2 rounded-2xl border border-border bg-background px-3 py-1.5 text-sm"
    >
      <Clock aria-hidden="true" className="size-4 shrink-0 text-muted-foreground" />
      <p className="min-w-0 flex-1 truncate">
        <span className="text-muted-foreground">{t('waits')}</span> {queued.text}
      </p>
      <Button
        variant="ghost"
        size="small"
        onClick={() => {
          actions.unqueue()
          document.getElementById('chat-input')?.focus()
        }}
      >
        {t('takeBack')}
      </Button>
    </section>
  )
}
