'use client'

import { useTranslations } from 'next-intl'
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { AppHeader } from '@/components/header/app-header'
import { ComparisonNotes } from '@/components/tips/comparison-notes'
import { RunPanel } from '@/components/tips/run-panel'
import { TipCard } from '@/components/tips/tip-card'
import { PageMain } from '@/components/ui/page-main'
import { PageTitle } from '@/components/ui/page-title'
import { createTipsStore } from '@/lib/client/tips-store'
import type { TipsState } from '@/lib/domain/tips-view'

/** The seven tips, each with what is known of it here, and the runs that prove or refute it. */
export function TipsScreen({ initial }: { initial: TipsState }) {
  const t = useTranslations('tips')
  const [store] = useState(() => createTipsStore({ initial, label: t('firstLabel') }))
  useEffect(() => store.startPolling(), [store])
  const cards = useStore(store, ({ tips }) => tips.cards)
  return (
    <div className="flex min-h-dvh flex-col">
      <AppHeader />
      <PageMain className="max-w-[88rem]">
        <PageTitle title={t('title')} text={t('text')} back={t('back')} className="mb-4" />
        <RunPanel store={store} />
        <ComparisonNotes store={store} />
        <div className="grid gap-6 xl:grid-cols-2">
          {cards.map((tip, index) => (
            <TipCard key={tip.name} tip={tip} number={index + 1} store={store} />
          ))}
        </div>
      </PageMain>
    </div>
  )
}
