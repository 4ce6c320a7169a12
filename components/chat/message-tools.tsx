'use client'

import { GitFork, Pencil } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { Button } from '@/components/ui/button'
import type { MessageActions } from './message-actions'

/** Out of sight until the message is pointed at or holds the focus; there for every touch. */
export const QUIET =
  'flex items-center transition-opacity focus-within:opacity-100 group-hover/message:opacity-100 [@media(hover:hover)]:opacity-0'

/** Changing a message, and going on from it elsewhere. */
export function MessageTools({
  messageId,
  editLabel,
  isOpen,
  isStored,
  actions,
}: {
  messageId: string
  editLabel: string
  /** Nothing is under way in this thread. */
  isOpen: boolean
  /** A thread that is not stored has nothing to begin another one from. */
  isStored: boolean
  actions: MessageActions
}) {
  const t = useTranslations('chat')
  return (
    <>
      <Tool label={editLabel} isOpen={isOpen} onPress={() => actions.onEdit(messageId)}>
        <Pencil aria-hidden="true" className="size-4" />
      </Tool>
      {isStored ? (
        <Tool label={t('fork')} isOpen={isOpen} onPress={() => actions.onFork(messageId)}>
          <GitFork aria-hidden="true" className="size-4" />
        </Tool>
      ) : null}
    </>
  )
}

function Tool({
  label,
  isOpen,
  onPress,
  children,
}: {
  label: string
  isOpen: boolean
  onPress: () => void
  children: ReactNode
}) {
  return (
    <Button
      variant="ghost"
      size="smallIcon"
      aria-label={label}
      title={label}
      disabled={!isOpen}
      onClick={onPress}
    >
      {children}
    </Button>
  )
}
