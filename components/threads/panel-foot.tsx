'use client'

import { Archive } from 'lucide-react'
import { useTranslations } from 'next-intl'

export type ThreadDialog = 'search' | 'archived'

/** What concerns all threads. */
export function PanelFoot({ onOpen }: { onOpen: (dialog: ThreadDialog) => void }) {
  const t = useTranslations('threads.all')
  return (
    <button
      type="button"
      className="flex h-9 w-full items-center gap-2 rounded-lg px-2.5 text-sm text-muted-foreground hover:bg-border/50 hover:text-foreground"
      onClick={() => onOpen('archived')}
    >
      <Archive aria-hidden="true" className="size-4" />
      {t('archived')}
    </button>
  )
}
