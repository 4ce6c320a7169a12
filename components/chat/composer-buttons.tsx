'use client'

import { ArrowUp, Square } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { Button } from '@/components/ui/button'

export function StopButton({ isStopping, onStop }: { isStopping: boolean; onStop: () => void }) {
  const t = useTranslations('composer')
  const label = isStopping ? t('stopping') : t('stop')
  return (
    <Button
      id="stop-button"
      variant="primary"
      size="icon"
      shape="round"
      aria-label={label}
      title={label}
      disabled={isStopping}
      onClick={({ detail }) => {
        // A key press has no clicks; its focus would be lost with this button.
        if (detail === 0) document.getElementById('chat-input')?.focus()
        onStop()
      }}
    >
      <Square aria-hidden="true" className="size-3.5 fill-current" />
    </Button>
  )
}

export function SendButton({
  isOpen,
  describedBy,
}: {
  isOpen: boolean
  describedBy: string | undefined
}) {
  const t = useTranslations('composer')
  return (
    <Button
      id="chat-submit"
      type="submit"
      variant="primary"
      size="icon"
      shape="round"
      aria-label={t('send')}
      title={t('send')}
      aria-describedby={describedBy}
      disabled={!isOpen}
    >
      <ArrowUp aria-hidden="true" className="size-5" />
    </Button>
  )
}

/** In place of sending, while an answer is being written. */
export function QueueButton({ onQueue }: { onQueue: () => void }) {
  const t = useTranslations('composer.queue')
  return (
    <Button
      id="queue-button"
      size="medium"
      shape="round"
      title={t('hint')}
      onClick={() => {
        onQueue()
        document.getElementById('chat-input')?.focus()
      }}
    >
      {t('add')}
    </Button>
  )
}

export function ArmButton({
  isArmed,
  isDisabled,
  onChange,
}: {
  isArmed: boolean
  isDisabled: boolean
  onChange: (isArmed: boolean) => void
}) {
  const t = useTranslations('composer')
  return (
    <Button
      id="send-when-ready"
      shape="round"
      disabled={isDisabled}
      onClick={() => onChange(!isArmed)}
    >
      <span className="text-xs">{isArmed ? t('cancelArmed') : t('sendWhenReady')}</span>
    </Button>
  )
}
