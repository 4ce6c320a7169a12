'use client'

import { useTranslations } from 'next-intl'
import { type ReactNode, useState } from 'react'
import { useStore } from 'zustand'
import { Button } from '@/components/ui/button'
import type { ThreadStore } from '@/lib/client/create-thread-store'
import { type SaveTrim, saveTrim } from '@/lib/client/save-trim'
import { selectIsFree, selectQuestion } from '@/lib/client/thread-state'
import type { TrimOffer as Offer } from '@/lib/domain/context-meter'
import type { PublicError } from '@/lib/domain/error'
import { ErrorNote } from './error-note'

/** Which oldest turns would go, by their questions, and the button that leaves them out. */
export function TrimOffer({
  store,
  offer,
  action,
  isOpen = true,
  onTrimmed,
  save = saveTrim,
  children,
}: {
  store: ThreadStore
  offer: Offer
  /** What the button says. */
  action: string
  isOpen?: boolean
  /** The turns are left out now; `pressedAtMs` as of the press. */
  onTrimmed?: ((pressedAtMs: number) => void) | undefined
  save?: SaveTrim | undefined
  children: ReactNode
}) {
  const t = useTranslations('chat.trim')
  const isFree = useStore(store, selectIsFree)
  const [isSaving, setSaving] = useState(false)
  const [error, setError] = useState<PublicError>()
  const { throughId: replyId } = offer
  if (replyId === undefined) return null

  const trim = async (pressedAtMs: number) => {
    setSaving(true)
    const fault = await save({ store, replyId, isTrimEnd: true })
    setSaving(false)
    setError(fault)
    if (fault !== undefined) return
    // The button goes with what it offered.
    document.getElementById('chat-input')?.focus()
    onTrimmed?.(pressedAtMs)
  }
  return (
    <div data-trim={offer.questionIds.length}>
      <p>{children}</p>
      <ol className="mt-1 list-decimal pl-5 text-muted-foreground marker:text-xs">
        {offer.questionIds.map((id) => (
          <li key={id} className="truncate">
            {selectQuestion(store.getState(), id)?.text.trim().split('\n', 1)[0] ?? t('unknown')}
          </li>
        ))}
      </ol>
      <Button
        size="small"
        className="mt-2"
        disabled={!isOpen || !isFree || isSaving}
        onClick={({ timeStamp }) => void trim(timeStamp)}
      >
        {action}
      </Button>
      {error === undefined ? null : (
        <div role="alert" className="mt-2">
          <ErrorNote error={error} title={t('failed')} />
        </div>
      )}
    </div>
  )
}
