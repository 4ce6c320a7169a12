'use client'

import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { AppHeader } from '@/components/header/app-header'
import { ComparisonNotes } from '@/components/tips/comparison-notes'
import { RunPanel } from '@/components/tips/run-panel'
import { TipCard } from '@/components/tips/tip-card'
import { buttonClasses } from '@/components/ui/button'
import { createTipsStore } from '@/lib/client/tips-store'
import type { TipsState } from '@/lib/domain/tips-view'
import { cn } from '@/lib/utils'

/** The seven tips, each with what is known of it here, and the runs that prove or refute it. */
export function TipsScreen({ initial }: { initial: TipsState }) {
  const t = useTranslations('tips')
  const [store] = useState(() => createTipsStore({ initial, label: t('firstLabel') }))
  useEffect(() => store.startPolling(), [store])
  const cards = useStore(store, ({ tips }) => tips.cards)
  return (
    <div className="flex min-h-dvh flex-col">
      <AppHeader />
      <main className="mx-auto w-full max-w-[88rem] grow px-4 pt-2 pb-10 sm:px-6 print:max-w-none print:p-0">
        <div className="mb-4 flex flex-wrap items-end justify-between gap-x-6 gap-y-2">
          <div>
            <h1 className="text-lg font-semibold">{t('title')}</h1>
            <p className="text-[0.8125rem] leading-6 text-muted-foreground">{t('text')}</p>
          </div>
          <Link
            href="/"
            className={cn(
              buttonClasses({ variant: 'ghost', size: 'small' }),
              '-ml-2.5 sm:ml-0 print:hidden',
            )}
          >
            {t('back')}
          </Link>
        </div>
        <RunPanel store={store} />
        <ComparisonNotes store={store} />
        <div className="grid gap-6 xl:grid-cols-2">
          {cards.map((tip, index) => (
            <TipCard key={tip.name} tip={tip} number={index + 1} store={store} />
          ))}
        </div>
      </main>
    </div>
  )
}
