'use client'

import { type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { cn } from '@/lib/utils'
import { placeBeside } from './place-beside'

/**
 * A button and a panel in the browser's own top layer: it closes with Escape and a press outside,
 * takes the tab order after its button, and costs no library. The panel's content is made when it opens.
 */
export function Popover({
  trigger,
  label,
  triggerLabel,
  triggerClassName,
  className,
  children,
}: {
  trigger: ReactNode
  /** The name of the panel. */
  label: string
  /** The name of the button, where its content is not enough. */
  triggerLabel?: string
  triggerClassName?: string
  className?: string
  children: ReactNode
}) {
  const id = useId()
  const button = useRef<HTMLButtonElement>(null)
  const panel = useRef<HTMLDivElement>(null)
  const [isOpen, setIsOpen] = useState(false)

  useEffect(() => {
    const place = () => {
      if (panel.current === null || button.current === null) return
      placeBeside({ popover: panel.current, trigger: button.current, side: 'below', align: 'end' })
    }
    if (!isOpen) return
    // The panel has no size before it is shown, and is shown before the next frame.
    const frame = requestAnimationFrame(place)
    window.addEventListener('resize', place)
    return () => {
      cancelAnimationFrame(frame)
      window.removeEventListener('resize', place)
    }
  }, [isOpen])

  return (
    <>
      <button
        ref={button}
        type="button"
        popoverTarget={id}
        aria-expanded={isOpen}
        aria-haspopup="dialog"
        aria-label={triggerLabel}
        className={triggerClassName}
      >
        {trigger}
      </button>
      <div
        ref={panel}
        id={id}
        popover="auto"
        role="dialog"
        aria-label={label}
        onBeforeToggle={(event) => setIsOpen(event.newState === 'open')}
        className={cn(
          'fixed inset-auto m-0 max-h-[calc(100dvh-5rem)] max-w-[calc(100vw-1.5rem)] overflow-y-auto rounded-xl border border-border bg-popover text-sm text-foreground shadow-lg',
          className,
        )}
      >
        {isOpen ? children : null}
      </div>
    </>
  )
}
