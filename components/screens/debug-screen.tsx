'use client'

import { RefreshCwIcon } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { useStore } from 'zustand'
import { LiveEngineStrip } from '@/components/debug/engine-strip'
import { LiveLedger } from '@/components/debug/ledger-table'
import { PrefixSection } from '@/components/debug/prefix-section'
import { TraceDrawer } from '@/components/debug/trace-drawer'
import { AppHeader } from '@/components/header/app-header'
import { useSearchState } from '@/components/providers/use-search-state'
import { SystemPromptFacts } from '@/components/readiness/system-prompt-facts'
import {
  FILTER_NAMES,
  parseFilter,
  type RowFilter,
  toFilterParams,
} from '@/components/timing/filter-rows'
import { formatSorting, parseSorting, type Sorting } from '@/components/timing/sort-rows'
import { TimingMessages } from '@/components/timing/timing-messages'
import { Button } from '@/components/ui/button'
import { PageMain } from '@/components/ui/page-main'
import { PageTitle } from '@/components/ui/page-title'
import { Tabs } from '@/components/ui/tabs'
import { createTimingStore } from '@/lib/client/timing-store'
import type { TimingRow } from '@/lib/domain/timing-row'
import { cn } from '@/lib/utils'

const VIEWS = ['messages', 'prefix', 'ledger'] as const

/** The instrument: the engine now, every answer, the prefix cache and every call to the engine. */
export function DebugScreen({ initialRows }: { initialRows: TimingRow[] }) {
  const t = useTranslations('debug')
  const [store] = useState(() => createTimingStore({ initialRows }))
  useEffect(() => store.startPolling(), [store])
  const rows = useStore(store, (state) => state.rows)
  const { view, setView, openId, open, close, ...table } = useShown()

  return (
    <div
      className={cn('flex min-h-dvh flex-col', openId !== undefined && 'lg:pr-panel print:pr-0')}
    >
      <AppHeader />
      <PageMain className="max-w-[110rem]">
        <Title onRefresh={store.refresh} />
        <LiveEngineStrip />
        <Liveness store={store} />
        <Tabs
          label={t('views.label')}
          tabs={VIEWS.map((name) => ({ name, label: t(`views.${name}`) }))}
          chosen={view}
          onChoose={setView}
        >
          {view === 'messages' ? (
            <TimingMessages {...{ rows, openId, onOpen: open, ...table }} />
          ) : null}
          {view === 'prefix' ? (
            <PrefixSection rows={rows} onOpen={open} facts={<SystemPromptFacts />} />
          ) : null}
          {view === 'ledger' ? <LiveLedger onOpen={open} /> : null}
        </Tabs>
      </PageMain>
      {openId === undefined ? null : <TraceDrawer messageId={openId} onClose={close} />}
    </div>
  )
}

function Title({ onRefresh }: { onRefresh: () => void }) {
  const t = useTranslations('debug')
  return (
    <PageTitle title={t('title')} text={t('text')} back={t('back')} className="mb-3">
      <Button size="small" onClick={onRefresh}>
        <RefreshCwIcon aria-hidden="true" className="size-3.5" />
        {t('refresh')}
      </Button>
    </PageTitle>
  )
}

function Liveness({ store }: { store: ReturnType<typeof createTimingStore> }) {
  const t = useTranslations('debug')
  const isLive = useStore(store, (state) => state.isLive)
  const isWhole = useStore(store, (state) => state.isWhole)
  const words = isWhole ? t('live') : t('loading')
  return (
    <p
      role="status"
      className={cn(
        'my-2 text-xs leading-5',
        isLive ? 'text-muted-foreground print:hidden' : 'text-warning',
      )}
    >
      {isLive ? words : t('paused')}
    </p>
  )
}

/** What is on show stands in the address. */
function useShown() {
  const { params, set } = useSearchState()
  const filter = useMemo(() => parseFilter(params), [params])
  const sorting = useMemo(() => parseSorting(params.get('sort')), [params])
  const view = VIEWS.find((name) => name === params.get('view')) ?? 'messages'
  return {
    view,
    filter,
    sorting,
    openId: params.get('message') ?? undefined,
    setView: (name: (typeof VIEWS)[number]) =>
      set({ view: name === 'messages' ? undefined : name }),
    onFilter(next: RowFilter) {
      const texts = toFilterParams(next)
      set(Object.fromEntries(FILTER_NAMES.map((name) => [name, texts.get(name) ?? undefined])))
    },
    onSort: (next: Sorting) => set({ sort: formatSorting(next) }),
    open: useCallback((messageId: string) => set({ message: messageId }), [set]),
    close: useCallback(() => set({ message: undefined }), [set]),
  }
}
