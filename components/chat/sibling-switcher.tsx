'use client'

import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { Button } from '@/components/ui/button'
import { cn } from '@/lib/utils'

/** Which of several questions or answers in one place is shown, and the way to the others. */
export function SiblingSwitcher({
  kind,
  ids,
  shownId,
  isOpen,
  onShow,
}: {
  kind: 'question' | 'answer'
  ids: readonly string[]
  shownId: string
  isOpen: boolean
  onShow: (id: string) => void
}) {
  const t = useTranslations('chat')
  const at = ids.indexOf(shownId)
  const place = { shown: at + 1, count: ids.length }
  if (ids.length < 2) return null
  const step = (by: number) => {
    const id = ids[at + by]
    return { isOpen: isOpen && id !== undefined, onStep: () => id !== undefined && onShow(id) }
  }
  return (
    <fieldset aria-label={t(`siblings.${kind}.place`, place)} className="flex items-center">
      <StepButton label={t(`siblings.${kind}.previous`)} {...step(-1)}>
        <ChevronLeft aria-hidden="true" className="size-4" />
      </StepButton>
      <span aria-live="polite" className="text-xs text-muted-foreground tabular-nums">
        <span aria-hidden="true">{`${place.shown}/${place.count}`}</span>
        <span className="sr-only">{t(`siblings.${kind}.place`, place)}</span>
      </span>
      <StepButton label={t(`siblings.${kind}.next`)} {...step(1)}>
        <ChevronRight aria-hidden="true" className="size-4" />
      </StepButton>
    </fieldset>
  )
}

/** Not `disabled` at the end of the row: the keyboard would lose its place there. */
function StepButton({
  label,
  isOpen,
  onStep,
  children,
}: {
  label: string
  isOpen: boolean
  onStep: () => void
  children: ReactNode
}) {
  return (
    <Button
      variant="ghost"
      size="smallIcon"
      className={cn(!isOpen && 'cursor-not-allowed opacity-50')}
      aria-label={label}
      title={label}
      aria-disabled={!isOpen}
      onClick={() => isOpen && onStep()}
    >
      {children}
    </Button>
  )
}
