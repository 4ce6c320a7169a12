'use client'

import { useTranslations } from 'next-intl'
import { type ReactNode, useEffect, useState } from 'react'
import { PlainTable } from '@/components/ui/figure-table'
import { LocalTime } from '@/components/ui/local-time'
import { type DebugApi, debugApi } from '@/lib/client/debug-api'
import type { TimingRow } from '@/lib/domain/timing-row'
import { toRequestParts } from './to-request-parts'
import { useValues } from './use-values'

const NEWEST = 200

/** The system prompt as it is sent, and for each turn what the prefix cache gave and why. */
export function PrefixSection({
  rows,
  onOpen,
  facts,
  api = debugApi,
}: {
  /** Newest first. */
  rows: readonly TimingRow[]
  onOpen: (messageId: string) => void
  /** Hash, length and block size of the prompt. */
  facts: ReactNode
  api?: Pick<DebugApi, 'loadTrace'>
}) {
  const t = useTranslations('debug.prefixTab')
  const newest = rows.slice(0, NEWEST)
  return (
    <div className="space-y-5">
      {facts}
      <PromptText
        messageId={rows.find(({ status }) => status !== 'streaming')?.messageId}
        api={api}
      />
      <section aria-labelledby="prefix-turns">
        <h2 id="prefix-turns" className="mb-1.5 text-xs leading-5 font-medium">
          {t('turns', { count: newest.length })}
        </h2>
        <p className="mb-2 max-w-3xl text-xs leading-5 text-muted-foreground">{t('text')}</p>
        {newest.length === 0 ? null : <TurnTable rows={newest} onOpen={onOpen} />}
      </section>
    </div>
  )
}

function TurnTable({
  rows,
  onOpen,
}: {
  rows: readonly TimingRow[]
  onOpen: (messageId: string) => void
}) {
  const t = useTranslations('debug.prefixTab')
  const words = useTranslations('prefix')
  const { count } = useValues()
  const toTokens = (value: number | undefined) => (value === undefined ? t('none') : count(value))
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label={t('table')}
      className="max-h-[32rem] overflow-auto rounded-xl border border-border print:max-h-none print:overflow-visible"
    >
      <PlainTable
        caption={t('table')}
        columns={[
          { name: 'time', label: t('columns.time') },
          { name: 'question', label: t('columns.question') },
          { name: 'prompt', label: t('columns.prompt'), isNumeric: true },
          { name: 'cached', label: t('columns.cached'), isNumeric: true },
          { name: 'verdict', label: t('columns.verdict') },
        ]}
        rows={rows.map(({ messageId, createdAtMs, question, timing, prefixReason }) => ({
          key: messageId,
          cells: [
            <button
              key="time"
              type="button"
              onClick={() => onOpen(messageId)}
              className="rounded-sm underline decoration-border-strong underline-offset-4 hover:decoration-current print:no-underline"
            >
              <LocalTime atMs={createdAtMs} />
              <span className="sr-only">{t('details')}</span>
            </button>,
            <span key="question" className="block max-w-96 truncate">
              {question}
            </span>,
            toTokens(timing?.promptTokens),
            toTokens(timing?.cachedTokens),
            prefixReason === undefined ? t('noVerdict') : words(`${prefixReason}.label`),
          ],
        }))}
      />
    </section>
  )
}

/** As the newest answer's request has it. */
function PromptText({
  messageId,
  api,
}: {
  messageId: string | undefined
  api: Pick<DebugApi, 'loadTrace'>
}) {
  const t = useTranslations('debug.prefixTab')
  const [text, setText] = useState<string>()
  useEffect(() => {
    if (messageId === undefined) return
    const stop = new AbortController()
    api.loadTrace({ messageId, signal: stop.signal }).then(
      ({ request }) => {
        const [first] = toRequestParts(request.body).messages
        setText(first?.role === 'system' ? first.text : undefined)
      },
      () => undefined,
    )
    return () => stop.abort()
  }, [messageId, api])
  if (text === undefined) return null
  return (
    <details className="text-xs leading-5" open>
      <summary className="w-fit font-medium">{t('promptText')}</summary>
      <pre className="mt-1.5 rounded-xl border border-border bg-muted px-4 py-3 font-mono text-[0.6875rem] leading-5 whitespace-pre-wrap [overflow-wrap:anywhere]">
        {text}
      </pre>
    </details>
  )
}
