'use client'

import { usePathname } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { type ReactNode, useEffect, useRef } from 'react'

/** The threads over the page, where there is no room beside it. */
export function ThreadSheet({ onClose, children }: { onClose: () => void; children: ReactNode }) {
  const t = useTranslations('threads')
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const element = dialog.current
    if (element === null || element.open) return
    element.showModal()
    return () => element.close()
  }, [])
  // The page that was chosen is to be seen.
  const path = usePathname()
  const firstPath = useRef(path)
  useEffect(() => {
    if (path !== firstPath.current) onClose()
  }, [path, onClose])
  return (
    <dialog
      ref={dialog}
      id="threads-sheet"
      aria-label={t('label')}
      // Told late: by then it may be open again.
      onClose={({ currentTarget }) => currentTarget.open || onClose()}
      onPointerDown={({ target, currentTarget }) => {
        if (target === currentTarget) currentTarget.close()
      }}
      className="m-0 h-dvh max-h-none w-[min(20rem,85vw)] max-w-none overflow-hidden border-r border-border bg-muted text-foreground shadow-xl backdrop:bg-black/40"
    >
      <div className="flex h-full flex-col">{children}</div>
    </dialog>
  )
}
