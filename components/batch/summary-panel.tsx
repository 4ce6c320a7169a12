'use client'

import { useLocale, useTranslations } from 'next-intl'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { TextField } from '@/components/ui/field'
import { PlainTable } from '@/components/ui/figure-table'
import { batchApi } from '@/lib/client/batch-api'
import type { BenchSummary } from '@/lib/domain/bench-summary'
import { parseGoodput } from '@/lib/timing/parse-goodput'

/** The figures of `vllm bench serve` over all results, worked out when they are asked for. */
export function SummaryPanel({ id }: { id: string }) {
  const t = useTranslations('batch.summary')
  const failure = useTranslations('errors.app_unreachable')('text')
  const locale = useLocale()
  const [goodput, setGoodput] = useState('')
  const [summary, setSummary] = useState<BenchSummary>()
  const [hasFailed, setFailed] = useState(false)
  const isReadable = parseGoodput(goodput) !== undefined

  async function load() {
    setFailed(false)
    try {
      const signal = new AbortController().signal
      setSummary(await batchApi.summarize({ id, goodput, signal }))
    } catch {
      setFailed(true)
    }
  }

  const figures = Object.entries(summary ?? {}).filter(([, value]) => value !== null)
  return (
    <section aria-label={t('heading')} className="space-y-2">
      <h2 className="text-[0.8125rem] font-medium">{t('heading')}</h2>
      <p className="text-xs leading-5 text-muted-foreground">{t('text')}</p>
      <form
        className="flex items-end gap-2 print:hidden"
        onSubmit={(event) => {
          event.preventDefault()
          void load()
        }}
      >
        <TextField
          label={t('goodput')}
          value={goodput}
          placeholder={t('goodputProblem')}
          problem={isReadable ? undefined : t('goodputProblem')}
          onType={setGoodput}
        />
        <Button type="submit" size="small" disabled={!isReadable}>
          {t('show')}
        </Button>
      </form>
      {hasFailed ? (
        <p role="alert" className="text-xs text-danger">
          {failure}
        </p>
      ) : null}
      {figures.length === 0 ? null : (
        <div className="max-w-md">
          <PlainTable
            caption={t('heading')}
            columns={[
              { name: 'name', label: t('name') },
              { name: 'value', label: t('value'), isNumeric: true },
            ]}
            rows={figures.map(([name, value]) => ({
              key: name,
              cells: [
                <code key="name">{name}</code>,
                Number(value).toLocaleString(locale, { maximumFractionDigits: 2 }),
              ],
            }))}
          />
        </div>
      )}
    </section>
  )
}
