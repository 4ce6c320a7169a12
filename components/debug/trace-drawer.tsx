'use client'

import { useTranslations } from 'next-intl'
import { useEffect, useState } from 'react'
import { useRichMessage } from '@/components/providers/use-rich-message'
import { Button } from '@/components/ui/button'
import { SidePanel } from '@/components/ui/side-panel'
import { type DebugApi, debugApi } from '@/lib/client/debug-api'
import { type ErrorCode, isAppError } from '@/lib/domain/error'
import type { ReplyTrace } from '@/lib/domain/reply-trace'
import { TraceDetails } from './trace-details'

/** The prefix verdict is worked out after the answer, and an answer may still run. */
const AGAIN_MS = 2_000

export type TraceDrawerProps = {
  messageId: string
  onClose: () => void
  api?: Pick<DebugApi, 'loadTrace'>
}

/** Everything that is known of one answer, beside the page. */
export function TraceDrawer({ messageId, onClose, api = debugApi }: TraceDrawerProps) {
  const t = useTranslations('trace')
  const rich = useRichMessage()
  const { trace, errorCode, retry } = useTrace({ messageId, api })
  return (
    <SidePanel
      label={t('title')}
      closeLabel={t('close')}
      onClose={onClose}
      title={
        <>
          <span className="block text-sm leading-5 font-semibold">{t('title')}</span>
          <span className="block truncate text-xs leading-5 text-muted-foreground">
            {trace?.question ?? ''}
          </span>
        </>
      }
    >
      {trace === undefined ? null : <TraceDetails key={trace.messageId} trace={trace} />}
      {trace === undefined && errorCode !== undefined ? (
        <div role="alert" className="space-y-2 text-sm">
          <p>{rich(`errors.${errorCode}.text`)}</p>
          <Button size="small" onClick={retry}>
            {t('retry')}
          </Button>
        </div>
      ) : null}
      {trace === undefined && errorCode === undefined ? (
        <p role="status" className="text-sm text-muted-foreground">
          {t('loading')}
        </p>
      ) : null}
    </SidePanel>
  )
}

/** `tries`: how often this answer was asked for. */
type Loaded = { messageId: string; tries: number; trace?: ReplyTrace; errorCode?: ErrorCode }

const TRIES_FOR_PREFIX = 4

function useTrace({ messageId, api }: { messageId: string; api: Pick<DebugApi, 'loadTrace'> }) {
  const [loaded, setLoaded] = useState<Loaded>()
  const [round, setRound] = useState(0)
  const shown = loaded?.messageId === messageId ? loaded : undefined

  // biome-ignore lint/correctness/useExhaustiveDependencies: another round asks again
  useEffect(() => {
    const stop = new AbortController()
    const show = (next: Pick<Loaded, 'trace' | 'errorCode'>) =>
      setLoaded((before) => {
        const same = before?.messageId === messageId ? before : undefined
        const tries = (same?.tries ?? 0) + 1
        // A trace that was read once stays in view when the server is away for a moment.
        return next.trace === undefined && same?.trace !== undefined
          ? { ...same, tries }
          : { messageId, tries, ...next }
      })
    api.loadTrace({ messageId, signal: stop.signal }).then(
      (trace) => show({ trace }),
      (error) => {
        if (stop.signal.aborted) return
        show({ errorCode: isAppError(error) ? error.code : 'app_unreachable' })
      },
    )
    return () => stop.abort()
  }, [messageId, round, api])

  useEffect(() => {
    if (shown === undefined || !isUnfinished(shown)) return
    const timer = setTimeout(() => setRound((before) => before + 1), AGAIN_MS)
    return () => clearTimeout(timer)
  }, [shown])

  const retry = () => {
    setLoaded(undefined)
    setRound((before) => before + 1)
  }
  return { trace: shown?.trace, errorCode: shown?.errorCode, retry }
}

function isUnfinished({ trace, tries }: Loaded): boolean {
  if (trace === undefined) return false
  if (trace.status === 'streaming') return true
  return trace.prefix === undefined && tries < TRIES_FOR_PREFIX
}
