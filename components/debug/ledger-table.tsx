'use client'

import { useTranslations } from 'next-intl'
import { PlainTable } from '@/components/ui/figure-table'
import { LocalTime } from '@/components/ui/local-time'
import { debugApi } from '@/lib/client/debug-api'
import type { UpstreamCall } from '@/lib/domain/reply-trace'
import { usePolled } from './use-polled'
import { useValues } from './use-values'

const LIMIT = 500
const KINDS = ['generation', 'warm-up', 'tokenize', 'probe'] as const
const CAUSES = [
  'turn',
  'retry',
  'start-of-engine',
  'prefix-guard',
  'context-meter',
  'system-prompt',
  'watch',
  'continue',
  'batch',
] as const

const loadCalls = (options: { signal: AbortSignal }) =>
  debugApi.loadCalls({ ...options, limit: LIMIT })

export function LiveLedger({ onOpen }: { onOpen: (messageId: string) => void }) {
  const t = useTranslations('debug.ledger')
  const { answer, isLive } = usePolled(loadCalls)
  if (answer === undefined) {
    return (
      <p role="status" className="text-sm text-muted-foreground">
        {t(isLive ? 'loading' : 'unreachable')}
      </p>
    )
  }
  return <LedgerTable calls={answer} onOpen={onOpen} />
}

/** Every call to the engine, also those that no question asked for: nothing is done behind the reader's back. */
export function LedgerTable({
  calls,
  onOpen,
}: {
  calls: readonly UpstreamCall[]
  onOpen: (messageId: string) => void
}) {
  const t = useTranslations('debug.ledger')
  const { duration, count } = useValues()
  const toTokens = (value: number | undefined) => (value === undefined ? t('none') : count(value))
  if (calls.length === 0) return <p className="text-sm text-muted-foreground">{t('empty')}</p>
  return (
    <>
      <p className="mb-2 text-xs leading-5 text-muted-foreground tabular-nums">
        {t('text', { count: calls.length })} {KINDS.map((kind) => toKindWords(kind)).join(' · ')}
      </p>
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label={t('table')}
        className="max-h-[max(24rem,calc(100dvh-14rem))] overflow-auto rounded-xl border border-border print:max-h-none print:overflow-visible"
      >
        <PlainTable
          caption={t('table')}
          columns={[
            { name: 'time', label: t('columns.time') },
            { name: 'kind', label: t('columns.kind') },
            { name: 'cause', label: t('columns.cause') },
            { name: 'outcome', label: t('columns.outcome') },
            { name: 'duration', label: t('columns.duration'), isNumeric: true },
            { name: 'prompt', label: t('columns.prompt'), isNumeric: true },
            { name: 'completion', label: t('columns.completion'), isNumeric: true },
            { name: 'message', label: t('columns.message') },
          ]}
          rows={calls.map((call) => ({
            key: call.id,
            cells: [
              <LocalTime key="time" atMs={call.startedAtMs} />,
              t(`kinds.${call.kind}`),
              <Cause key="cause" call={call} />,
              t(`outcomes.${call.outcome}`),
              duration(call.durationMs),
              toTokens(call.promptTokens),
              toTokens(call.completionTokens),
              <OpenButton key="open" messageId={call.messageId} onOpen={onOpen} />,
            ],
          }))}
        />
      </section>
    </>
  )

  function toKindWords(kind: UpstreamCall['kind']): string {
    const lines = calls.filter((call) => call.kind === kind)
    const total = lines.reduce((sum, call) => sum + (call.count ?? 1), 0)
    return `${t(`kinds.${kind}`)} ${count(total)}`
  }
}

/** A word of the server's that has no translation is shown as it is. */
function Cause({ call }: { call: UpstreamCall }) {
  const t = useTranslations('debug.ledger')
  const known = CAUSES.find((cause) => cause === call.cause)
  return (
    <>
      {known === undefined ? call.cause : t(`causes.${known}`)}
      {call.count === undefined ? null : (
        <span className="text-muted-foreground"> {t('times', { count: call.count })}</span>
      )}
    </>
  )
}

function OpenButton({
  messageId,
  onOpen,
}: {
  messageId: string | undefined
  onOpen: (messageId: string) => void
}) {
  const t = useTranslations('debug.ledger')
  if (messageId === undefined) return null
  return (
    <button
      type="button"
      onClick={() => onOpen(messageId)}
      className="rounded-sm whitespace-nowrap underline decoration-border-strong underline-offset-4 hover:decoration-current print:hidden"
    >
      {t('details')}
    </button>
  )
}
