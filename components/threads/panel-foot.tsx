'use client'

import { Archive, Download, Ellipsis, Upload } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { Menu } from '@/components/ui/menu'
import type { ThreadSummary } from '@/lib/domain/thread-summary'

export type ThreadDialog =
  | { name: 'search' | 'archived' | 'import' }
  | { name: 'export'; thread?: ThreadSummary }
  | { name: 'share'; thread: ThreadSummary }

const ICON = 'size-4 text-muted-foreground'

/** What concerns all threads. */
export function PanelFoot({ onOpen }: { onOpen: (dialog: ThreadDialog) => void }) {
  const t = useTranslations('threads.all')
  return (
    <Menu
      label={t('label')}
      triggerClassName="flex h-9 w-full items-center gap-2 rounded-lg px-2.5 text-sm text-muted-foreground hover:bg-border/50 hover:text-foreground"
      trigger={
        <>
          <Ellipsis aria-hidden="true" className="size-4" />
          {t('label')}
        </>
      }
      items={[
        {
          name: 'archived',
          label: t('archived'),
          icon: <Archive className={ICON} />,
          onChoose: () => onOpen({ name: 'archived' }),
        },
        {
          name: 'import',
          label: t('import'),
          icon: <Download className={ICON} />,
          onChoose: () => onOpen({ name: 'import' }),
        },
        {
          name: 'export',
          label: t('export'),
          icon: <Upload className={ICON} />,
          onChoose: () => onOpen({ name: 'export' }),
        },
      ]}
    />
  )
}
