'use client'

import { RotateCcw } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { memo, type ReactNode, useCallback } from 'react'
import { Button } from '@/components/ui/button'
import type { LiveReply } from '@/lib/client/thread-state'
import type { Reply } from '@/lib/domain/message'
import { AnswerText } from './answer-text'
import { CopyButton } from './copy-button'
import { ErrorNote } from './error-note'
import { ReplyProgress } from './reply-progress'
import { usePaintTiming } from './use-paint-timing'

export type ReplyActions = {
  onRetry: (options: { runId: string; pressedAtMs: number }) => void
  onReconnect: () => void
  onPainted: (options: { runId: string; paintedAtMs: number }) => void
}

export type ReplyViewProps = {
  reply: Reply
  /** Present while it is being written. */
  live: LiveReply | undefined
  /** Only the newest answer is asked for again. */
  canRetry: boolean
  isRetryOpen: boolean
  actions: ReplyActions
  renderTiming: (reply: Reply) => ReactNode
}

export const ReplyView = memo(function ReplyView(props: ReplyViewProps) {
  const { reply, live, actions } = props
  const { runId } = reply
  const t = useTranslations('chat')
  const { onPainted } = actions
  const hasText = reply.text !== '' || reply.reasoning !== ''
  usePaintTiming({
    hasText,
    onPainted: useCallback((paintedAtMs) => onPainted({ runId, paintedAtMs }), [runId, onPainted]),
  })
  return (
    <article aria-label={t('answer')} data-status={reply.status} className="space-y-4">
      {reply.reasoning === '' ? null : <Reasoning text={reply.reasoning} />}
      {reply.text === '' ? null : <AnswerText text={reply.text} idPrefix={runId} />}
      {live === undefined ? <ReplyEnd {...props} /> : <ReplyLive {...props} live={live} />}
    </article>
  )
})

function ReplyLive({ reply, live, actions }: ReplyViewProps & { live: LiveReply }) {
  const t = useTranslations('chat')
  return (
    <>
      <ReplyProgress live={live} hasText={reply.text !== '' || reply.reasoning !== ''} />
      {live.connection === 'lost' ? (
        <Button size="small" onClick={actions.onReconnect}>
          {t('retryJoin')}
        </Button>
      ) : null}
      {live.stopError === undefined ? null : <ErrorNote error={live.stopError} />}
    </>
  )
}

function ReplyEnd({ reply, canRetry, isRetryOpen, actions, renderTiming }: ReplyViewProps) {
  const t = useTranslations('chat')
  const note = useEndNote(reply)
  const isRetryShown = canRetry && reply.status !== 'complete'
  return (
    <>
      {note === undefined ? null : <p className="text-sm text-muted-foreground">{note}</p>}
      {reply.error === undefined ? null : <ErrorNote error={reply.error} />}
      <footer className="flex min-h-8 flex-wrap items-center gap-x-3 gap-y-1">
        {renderTiming(reply)}
        <span className="-ml-2 flex items-center gap-1">
          {reply.text === '' ? null : (
            <CopyButton label={t('copyAnswer')} readText={() => reply.text} />
          )}
          {isRetryShown ? (
            <Button
              variant="ghost"
              size="small"
              disabled={!isRetryOpen}
              onClick={({ detail, timeStamp }) => {
                // A key press has no clicks; its focus would be lost with this button.
                if (detail === 0) document.getElementById('chat-input')?.focus()
                actions.onRetry({ runId: reply.runId, pressedAtMs: timeStamp })
              }}
            >
              <RotateCcw aria-hidden="true" className="size-3.5" />
              {t('retry')}
            </Button>
          ) : null}
        </span>
      </footer>
    </>
  )
}

function useEndNote(reply: Reply): string | undefined {
  const t = useTranslations('chat')
  if (reply.status === 'stopped') return t('stoppedText')
  if (reply.error !== undefined) return undefined
  if (reply.status === 'interrupted' || reply.status === 'streaming') return t('interruptedText')
  if (reply.status === 'failed') return t('statuses.failed')
  if (reply.finishReason === 'length') return t('lengthText')
  return reply.text === '' ? t('empty') : undefined
}

function Reasoning({ text }: { text: string }) {
  const t = useTranslations('chat')
  return (
    <details className="text-sm text-muted-foreground">
      <summary className="w-fit rounded select-none">{t('reasoning')}</summary>
      <p className="mt-2 border-l-2 border-border pl-4 leading-6 whitespace-pre-wrap [overflow-wrap:anywhere]">
        {text}
      </p>
    </details>
  )
}
