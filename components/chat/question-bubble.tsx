'use client'

import { useTranslations } from 'next-intl'
import { memo } from 'react'
import type { Question } from '@/lib/domain/message'

export const QuestionBubble = memo(function QuestionBubble({ question }: { question: Question }) {
  const t = useTranslations('chat')
  return (
    <article aria-label={t('question')} className="flex justify-end pl-10 sm:pl-24">
      <p className="rounded-3xl bg-bubble px-5 py-2.5 leading-7 whitespace-pre-wrap [overflow-wrap:anywhere]">
        {question.text}
      </p>
    </article>
  )
})
