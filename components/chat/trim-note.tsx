'use client'

import { useTranslations } from 'next-intl'
import { useEffect, useState } from 'react'
import type { ThreadStore } from '@/lib/client/create-thread-store'
import { type MeasureContext, measureContext } from '@/lib/client/measure-context'
import { selectQuestion } from '@/lib/client/thread-state'
import type { TrimOffer } from '@/lib/domain/context-meter'
import type { Reply } from '@/lib/domain/message'

/** After an answer that did not fit: which oldest turns would have to go. Silent where the server cannot say. */
export function TrimNote({
  store,
  reply,
  measure = measureContext,
}: {
  store: ThreadStore
  reply: Reply
  measure?: MeasureContext
}) {
  const t = useTranslations('chat.trim')
  const [trim, setTrim] = useState<TrimOffer>()
  const { threadId, parentId: questionId } = reply

  useEffect(() => {
    const question = selectQuestion(store.getState(), questionId)
    if (question === undefined) return
    const stop = new AbortController()
    const { parentId, text } = question
    measure({ threadId, parentId, text, signal: stop.signal }).then(
      (context) => {
        if (!stop.signal.aborted) setTrim(context.trim)
      },
      () => undefined,
    )
    return () => stop.abort()
  }, [store, threadId, questionId, measure])

  if (trim === undefined) return null
  if (!trim.isEnough) return <p className="mt-3 text-sm text-muted-foreground">{t('notEnough')}</p>
  return (
    <section
      data-trim={trim.questionIds.length}
      aria-label={t('label')}
      className="mt-3 rounded-xl border border-border px-4 py-3 text-sm leading-6"
    >
      <p>{t('text', { count: trim.questionIds.length, tokens: trim.promptTokens })}</p>
      <ol className="mt-1 list-decimal pl-5 text-muted-foreground marker:text-xs">
        {trim.questionIds.map((id) => (
          <li key={id} className="truncate">
            {selectQuestion(store.getState(), id)?.text.trim().split('\n', 1)[0] ?? t('unknown')}
          </li>
        ))}
      </ol>
    </section>
  )
}
