'use client'

import { CircleAlert } from 'lucide-react'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { useRichMessage } from '@/components/providers/use-rich-message'
import { Button, buttonClasses } from '@/components/ui/button'
import type { ErrorCode, PublicError } from '@/lib/domain/error'
import { toErrorDetails } from './to-error-details'

const NEEDS_NEW_CHAT: readonly ErrorCode[] = ['engine_context_too_long', 'thread_not_found']
const NEEDS_RELOAD: readonly ErrorCode[] = [
  'invalid_request',
  'message_not_found',
  'run_not_found',
  'message_conflict',
  'unsupported_media_type',
]

/** Whether the note itself offers more than its sentences. */
export function hasOwnWayOn(code: ErrorCode): boolean {
  return NEEDS_NEW_CHAT.includes(code) || NEEDS_RELOAD.includes(code)
}

/** What went wrong, what to do, and the ways on: one sentence each. */
export function ErrorNote({
  error,
  title,
  children,
}: {
  error: PublicError
  title?: string
  /** The ways on that the place offers, as buttons. */
  children?: ReactNode
}) {
  const t = useTranslations()
  const rich = useRichMessage()
  const details = toErrorDetails(error)
  return (
    <div
      data-error={error.code}
      className="flex gap-3 rounded-xl border border-danger/40 px-4 py-3 text-sm leading-6"
    >
      <CircleAlert aria-hidden="true" className="mt-1 size-4 shrink-0 text-danger" />
      <div className="min-w-0 flex-1">
        <p className="font-medium">
          {title === undefined ? null : `${title} · `}
          {rich(`errors.${error.code}.text`, details)}
        </p>
        <p className="text-muted-foreground">{rich(`errors.${error.code}.remedy`, details)}</p>
        <div className="mt-2 flex flex-wrap gap-2 empty:hidden">
          {children}
          {NEEDS_NEW_CHAT.includes(error.code) ? (
            <Link href="/" className={buttonClasses({ size: 'small' })}>
              {t('header.newChat')}
            </Link>
          ) : null}
          {NEEDS_RELOAD.includes(error.code) ? (
            <Button size="small" onClick={() => location.reload()}>
              {t('chat.reload')}
            </Button>
          ) : null}
        </div>
      </div>
    </div>
  )
}
