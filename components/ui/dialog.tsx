'use client'

import { XIcon } from 'lucide-react'
import { type ReactNode, useEffect, useId, useRef } from 'react'
import { cn } from '@/lib/utils'
import { Button } from './button'

/**
 * The browser's own modal: the page behind it is inert, Escape and a press outside close it, and the
 * focus goes back where it was. It is open for as long as it is rendered.
 */
export function Dialog({
  title,
  closeLabel,
  onClose,
  className = 'w-[min(40rem,calc(100vw-1.5rem))]',
  children,
}: {
  title: string
  closeLabel: string
  onClose: () => void
  /** Its width, and its height where that is fixed. */
  className?: string
  children: ReactNode
}) {
  const titleId = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const element = dialog.current
    if (element === null || element.open) return
    element.showModal()
    // Closed by hand: an element that only goes away gives no focus back.
    return () => element.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      // Told late: by then it may be open again.
      onClose={({ currentTarget }) => currentTarget.open || onClose()}
      onPointerDown={({ target, currentTarget }) => {
        if (target === currentTarget) currentTarget.close()
      }}
      className={cn(
        'm-auto max-h-[calc(100dvh-2rem)] max-w-none overflow-hidden rounded-2xl border border-border bg-background text-foreground shadow-xl backdrop:bg-black/40 open:flex',
        className,
      )}
    >
      <div className="flex min-h-0 w-full flex-col">
        <div className="flex shrink-0 items-center gap-3 border-b border-border py-2 pr-2 pl-5">
          <h2 id={titleId} className="min-w-0 flex-1 font-medium">
            {title}
          </h2>
          <Button
            variant="ghost"
            size="icon"
            aria-label={closeLabel}
            title={closeLabel}
            onClick={() => dialog.current?.close()}
          >
            <XIcon aria-hidden="true" className="size-4.5" />
          </Button>
        </div>
        {children}
      </div>
    </dialog>
  )
}

/** What scrolls when a dialog has more than fits. */
export function DialogBody({ label, children }: { label: string; children: ReactNode }) {
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
      tabIndex={0}
      className="relative min-h-0 flex-1 overflow-y-auto overscroll-contain px-5 py-4"
    >
      {children}
    </section>
  )
}
