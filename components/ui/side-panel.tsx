'use client'

import { XIcon } from 'lucide-react'
import { type ReactNode, type RefObject, useEffect, useRef } from 'react'
import { Button } from './button'

/** The width from which the page stands beside the panel; below, the panel covers it. */
const BESIDE = '(min-width: 64rem)'

/**
 * A panel at the right of the window, or a full sheet where there is no room for both: then the page
 * behind it is inert. It takes the focus, Escape closes it, and the focus goes back where it was.
 */
export function SidePanel({
  label,
  title,
  closeLabel,
  onClose,
  children,
}: {
  label: string
  title: ReactNode
  closeLabel: string
  onClose: () => void
  children: ReactNode
}) {
  const dialog = useRef<HTMLDialogElement>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  useOpenDialog({ dialog, heading })
  useEscape(onClose)
  return (
    <dialog
      ref={dialog}
      aria-label={label}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      className="fixed inset-0 z-20 m-0 flex h-dvh max-h-none w-full max-w-none flex-col overflow-hidden border-border bg-background text-foreground lg:left-auto lg:w-panel lg:border-l print:static print:h-auto print:w-auto print:overflow-visible print:border-0"
    >
      <div className="flex shrink-0 items-start gap-3 border-b border-border py-2 pr-2 pl-4 sm:pl-5">
        <h2 ref={heading} tabIndex={-1} className="min-w-0 flex-1 py-1.5 outline-none">
          {title}
        </h2>
        <Button
          variant="ghost"
          size="icon"
          aria-label={closeLabel}
          title={closeLabel}
          onClick={onClose}
          className="print:hidden"
        >
          <XIcon aria-hidden="true" className="size-4.5" />
        </Button>
      </div>
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label={label}
        className="relative min-h-0 flex-1 overflow-y-auto overscroll-contain px-4 pt-4 pb-10 sm:px-5 print:overflow-visible print:p-0"
      >
        {children}
      </section>
    </dialog>
  )
}

function useOpenDialog({
  dialog,
  heading,
}: {
  dialog: RefObject<HTMLDialogElement | null>
  heading: RefObject<HTMLElement | null>
}): void {
  useEffect(() => {
    const element = dialog.current
    if (element === null) return
    const before = document.activeElement
    const media = window.matchMedia(BESIDE)
    const open = () => {
      if (element.open) element.close()
      if (media.matches) element.show()
      else element.showModal()
      heading.current?.focus({ preventScroll: true })
    }
    open()
    media.addEventListener('change', open)
    return () => {
      media.removeEventListener('change', open)
      element.close()
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
    }
  }, [dialog, heading])
}

/** A definition that the pointer happens to rest on is no menu. */
const OPEN_MENU = ':popover-open:not([role="tooltip"])'

/** Also where the focus has gone back to the page; a menu on top of the panel closes first. */
function useEscape(onClose: () => void): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented || event.isComposing) return
      if (document.querySelector(OPEN_MENU) !== null) return
      event.preventDefault()
      onClose()
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [onClose])
}
