'use client'

import { useTranslations } from 'next-intl'
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { BatchList } from '@/components/batch/batch-list'
import { CompareView } from '@/components/batch/compare-view'
import { DraftPanel } from '@/components/batch/draft-panel'
import { FailureText } from '@/components/batch/failure-text'
import { InputForm } from '@/components/batch/input-form'
import { RowTable } from '@/components/batch/row-table'
import { RunCharts } from '@/components/batch/run-charts'
import { RunPanel } from '@/components/batch/run-panel'
import { SummaryPanel } from '@/components/batch/summary-panel'
import { AppHeader } from '@/components/header/app-header'
import { useSearchState } from '@/components/providers/use-search-state'
import { Button } from '@/components/ui/button'
import { PageMain } from '@/components/ui/page-main'
import { PageTitle } from '@/components/ui/page-title'
import { type BatchStore, createBatchStore } from '@/lib/client/batch-store'
import type { BatchView } from '@/lib/domain/batch'
import { cn } from '@/lib/utils'

/** Questions in at the left, the run and its results at the right. */
export function BatchScreen() {
  const t = useTranslations('batch')
  const { params, set } = useSearchState()
  const [store] = useState(() => createBatchStore({ id: params.get('id') ?? undefined }))
  useEffect(() => store.startPolling(), [store])
  const { batches, id, view, isLive, isBusy, error } = useStore(store)
  const choose = (chosen: string | undefined) => {
    set({ id: chosen })
    store.choose(chosen)
  }
  return (
    <div className="flex min-h-dvh flex-col">
      <AppHeader />
      <PageMain className="max-w-[96rem]">
        <Title />
        <p role="status" className={cn('text-xs leading-5 text-warning', isLive && 'sr-only')}>
          {isLive ? '' : t('list.offline')}
        </p>
        {error === undefined ? null : (
          <p role="alert" className="mb-4 text-[0.8125rem] leading-6 text-danger">
            <FailureText error={error} />
          </p>
        )}
        <div className="grid gap-x-10 gap-y-8 lg:grid-cols-[21rem_minmax(0,1fr)] lg:grid-rows-[auto_1fr] print:block">
          <div className="min-w-0 space-y-8 print:hidden">
            {id === undefined ? (
              <InputForm
                isBusy={isBusy}
                onUpload={async (input) => {
                  const made = await store.upload(input)
                  if (made !== undefined) set({ id: made })
                }}
              />
            ) : (
              <Button size="small" onClick={() => choose(undefined)}>
                {t('input.other')}
              </Button>
            )}
            {view !== undefined && isUnbegun(view.batch.state) ? (
              <DraftPanel
                key={view.batch.id}
                batch={view.batch}
                isBusy={isBusy}
                onRead={store.read}
                onAct={store.act}
              />
            ) : null}
          </div>
          {view === undefined ? null : <Result view={view} store={store} />}
          <BatchList
            batches={batches}
            chosenId={id}
            onChoose={choose}
            onRemove={(removed) => {
              if (removed === id) set({ id: undefined })
              void store.remove(removed)
            }}
          />
        </div>
      </PageMain>
    </div>
  )
}

function Result({ view, store }: { view: BatchView; store: BatchStore }) {
  const rows = useStore(store, (state) => state.rows)
  const isBusy = useStore(store, (state) => state.isBusy)
  const { batch } = view
  const { compare, samples = [], scan, state } = batch
  const hasRun = !isUnbegun(state)
  const comparison =
    compare === undefined ? null : (
      <CompareView report={compare} isRunning={state === 'comparing'} />
    )
  return (
    <div className="min-w-0 space-y-8 lg:col-start-2 lg:row-span-2 lg:row-start-1 print:mt-6">
      <RunPanel view={view} hasRun={hasRun} isBusy={isBusy} onAct={store.act} />
      {hasRun ? null : comparison}
      {hasRun && samples.length > 1 ? <RunCharts samples={samples} /> : null}
      {scan === undefined || scan.rows === 0 ? null : (
        <RowTable key={`rows ${batch.id}`} count={scan.rows} rows={rows} onLook={store.look} />
      )}
      {hasRun ? comparison : null}
      {hasRun && batch.counts !== undefined ? (
        <SummaryPanel key={`summary ${batch.id}`} id={batch.id} />
      ) : null}
    </div>
  )
}

/** What it is asked with can still be chosen. */
function isUnbegun(state: BatchView['batch']['state']): boolean {
  return state === 'draft' || state === 'comparing'
}

function Title() {
  const t = useTranslations('batch')
  return <PageTitle title={t('title')} text={t('text')} back={t('back')} className="mb-3" />
}
