'use client'

import { RefreshCwIcon } from 'lucide-react'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { AppHeader } from '@/components/header/app-header'
import { SystemPromptFacts } from '@/components/readiness/system-prompt-facts'
import { TimingTable } from '@/components/timing/timing-table'
import { useTimingRows } from '@/components/timing/use-timing-rows'
import { Button, buttonClasses } from '@/components/ui/button'
import type { TimingRow } from '@/lib/domain/timing-row'
import { cn } from '@/lib/utils'

export function DebugScreen({ initialRows }: { initialRows: TimingRow[] }) {
  const t = useTranslations('debug')
  const { rows, isLive, refresh } = useTimingRows(initialRows)
  return (
    <div className="flex min-h-dvh flex-col">
      <AppHeader />
      <main className="mx-auto w-full max-w-[110rem] grow px-4 pt-2 pb-10 sm:px-6 print:max-w-none print:p-0">
        <div className="mb-4 flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
          <div>
            <h1 className="text-lg font-semibold">{t('title')}</h1>
            <p className="text-[0.8125rem] leading-6 text-muted-foreground">{t('text')}</p>
          </div>
          <div className="flex items-center gap-2 print:hidden">
            <Link
              href="/"
              className={cn(buttonClasses({ variant: 'ghost', size: 'small' }), '-ml-2.5 sm:ml-0')}
            >
              {t('back')}
            </Link>
            <Button size="small" onClick={refresh}>
              <RefreshCwIcon aria-hidden="true" className="size-3.5" />
              {t('refresh')}
            </Button>
          </div>
        </div>
        <SystemPromptFacts />
        <p className="mt-4 mb-1.5 flex flex-wrap gap-x-3 text-xs leading-5 text-muted-foreground tabular-nums">
          <span>{t('rows', { count: rows.length })}</span>
          <span role="status" className={isLive ? 'print:hidden' : 'text-warning'}>
            {isLive ? t('live') : t('paused')}
          </span>
        </p>
        {rows.length === 0 ? (
          <p className="rounded-xl border border-dashed border-border px-4 py-12 text-center text-sm text-muted-foreground">
            {t('empty')}
          </p>
        ) : (
          <TimingTable rows={rows} />
        )}
      </main>
    </div>
  )
}
