'use client'

import { useTranslations } from 'next-intl'
import { memo, type ReactNode, useCallback } from 'react'
import { Button } from '@/components/ui/button'
import { type LiveReply, toReplyLength } from '@/lib/client/thread-state'
import { AnswerText } from './answer-text'
import { ErrorNote } from './error-note'
import { ReplyEnd, type ReplyEndProps } from './reply-end'
import { ReplyProgress } from './reply-progress'
import { usePaintTiming } from './use-paint-timing'

export type ReplyViewProps = ReplyEndProps & {
  /** Present while it is being written. */
  live: LiveReply | undefined
  /** Stands in the place of the text while it is changed. */
  editor: ReactNode
}

export const ReplyView = memo(function ReplyView(props: ReplyViewProps) {
  const { reply, live, editor, actions } = props
  const { runId } = reply
  const t = useTranslations('chat')
  const { onPainted } = actions
  const hasText = toReplyLength(reply) > (live?.begunLength ?? 0)
  usePaintTiming({
    hasText,
    onPainted: useCallback((paintedAtMs) => onPainted({ runId, paintedAtMs }), [runId, onPainted]),
  })
  if (editor !== undefined) return editor
  return (
    <article
      aria-label={t('answer')}
      data-status={reply.status}
      className="group/message space-y-4"
    >
      <h2 className="sr-only">{t('answer')}</h2>
      {reply.reasoning === '' ? null : <Reasoning text={reply.reasoning} />}
      {reply.text === '' ? null : (
        <AnswerText text={reply.text} idPrefix={runId} isLive={live !== undefined} />
      )}
      {live === undefined ? <ReplyEnd {...props} /> : <ReplyLive {...props} live={live} />}
    </article>
  )
})

function ReplyLive({ reply, live, actions }: ReplyViewProps & { live: LiveReply }) {
  const t = useTranslations('chat')
  return (
    <>
      <ReplyProgress live={live} hasText={toReplyLength(reply) > live.begunLength} />
      {live.connection === 'lost' ? (
        <Button size="small" onClick={actions.onReconnect}>
          {t('retryJoin')}
        </Button>
      ) : null}
      {live.stopError === undefined ? null : <ErrorNote error={live.stopError} />}
    </>
  )
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
