'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import type { BatchAction, BatchReading, BatchRecord } from '@/lib/domain/batch'
import { PlanForm } from './plan-form'
import { ReadingFields } from './reading-fields'
import { ScanResult } from './scan-result'

/** Before it begins: how it is read, what was found, how it will be asked. */
export function DraftPanel({
  batch,
  isBusy,
  onRead,
  onAct,
}: {
  batch: BatchRecord
  isBusy: boolean
  onRead: (reading: BatchReading) => void
  onAct: (action: BatchAction) => void
}) {
  const t = useTranslations('batch.input')
  const { scan } = batch
  const isLocked = isBusy || batch.state === 'comparing'
  const [reading, setReading] = useState<BatchReading>(batch.reading ?? { format: 'lines' })
  return (
    <div className="space-y-5">
      <form
        aria-label={t('format')}
        className="space-y-3"
        onSubmit={(event) => {
          event.preventDefault()
          onRead(reading)
        }}
      >
        <ReadingFields reading={reading} columns={scan?.columns} onChange={setReading} />
        <Button type="submit" size="small" disabled={isLocked}>
          {isBusy ? t('uploading') : t('again')}
        </Button>
      </form>
      {scan === undefined ? null : (
        <>
          <ScanResult scan={scan} />
          <PlanForm scan={scan} isBusy={isLocked} onAct={onAct} />
        </>
      )}
    </div>
  )
}
