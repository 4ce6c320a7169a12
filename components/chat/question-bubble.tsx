'use client'

import { useTranslations } from 'next-intl'
import { memo, type ReactNode } from 'react'
import type { PublicError } from '@/lib/domain/error'
import type { Question } from '@/lib/domain/message'
import { ErrorNote } from './error-note'
import type { MessageActions } from './message-actions'
import { MessageTools, QUIET } from './message-tools'
import { SiblingSwitcher } from './sibling-switcher'

/** What is known of a message beside itself. */
export type MessagePlace = {
  /** All messages of this place, itself among them. */
  siblingIds: readonly string[]
  /** Nothing is under way in this thread. */
  isFree: boolean
  isStored: boolean
  /** Why another one could not be shown, or no thread begun here. */
  fault: { kind: 'switch' | 'fork'; error: PublicError } | undefined
  /** Stands in the place of the text while it is changed. */
  editor: ReactNode
  actions: MessageActions
}

export const QuestionBubble = memo(function QuestionBubble({
  question,
  ...place
}: MessagePlace & { question: Question }) {
  const { siblingIds, isFree, isStored, fault, editor, actions } = place
  const t = useTranslations('chat')
  const { id } = question
  if (editor !== undefined) return editor
  return (
    <article
      aria-label={t('question')}
      className="group/message flex flex-col items-end pl-10 sm:pl-24"
    >
      <p className="rounded-3xl bg-bubble px-5 py-2.5 leading-7 whitespace-pre-wrap [overflow-wrap:anywhere]">
        {question.text}
      </p>
      <div className="mt-1 -mb-3 flex h-8 items-center gap-1 print:hidden">
        <span className={QUIET}>
          <MessageTools
            messageId={id}
            editLabel={t('editText')}
            {...{ isOpen: isFree, isStored, actions }}
          />
        </span>
        <SiblingSwitcher
          kind="question"
          ids={siblingIds}
          shownId={id}
          isOpen={isFree}
          onShow={(siblingId) => actions.onShow({ messageId: id, siblingId })}
        />
      </div>
      {fault === undefined ? null : (
        <ErrorNote error={fault.error} title={t(`faults.${fault.kind}`)} />
      )}
    </article>
  )
})
