'use client'

import { useTranslations } from 'next-intl'
import { useEffect, useState } from 'react'
import type { ThreadStore } from '@/lib/client/create-thread-store'
import { type MeasureContext, measureContext } from '@/lib/client/measure-context'
import type { SaveTrim } from '@/lib/client/save-trim'
import { selectQuestion } from '@/lib/client/thread-state'
import type { TrimOffer as Offer } from '@/lib/domain/context-meter'
import type { Reply } from '@/lib/domain/message'
import { TrimOffer } from './trim-offer'

/** After an answer that did not fit: which oldest turns to leave out, and the way on. Silent where the server cannot say. */
export function TrimNote({
  store,
  reply,
  canSend,
  measure = measureContext,
  save,
}: {
  store: ThreadStore
  reply: Reply
  canSend: boolean
  measure?: MeasureContext
  save?: SaveTrim
}) {
  const t = useTranslations('chat.trim')
  const [trim, setTrim] = useState<Offer>()
  const { threadId, runId, parentId: questionId } = reply

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
  const { questionIds, promptTokens, isEnough } = trim
  if (!isEnough) return <p className="mt-3 text-sm text-muted-foreground">{t('notEnough')}</p>
  if (questionIds.length === 0) return null
  return (
    <section
      aria-label={t('label')}
      className="mt-3 rounded-xl border border-border px-4 py-3 text-sm leading-6"
    >
      <TrimOffer
        {...{ store, save, isOpen: canSend }}
        offer={trim}
        action={t('leaveOutAndSend')}
        onTrimmed={(pressedAtMs) => void store.actions.retry({ runId, pressedAtMs })}
      >
        {t('text', { count: questionIds.length, tokens: promptTokens })}
      </TrimOffer>
    </section>
  )
}
