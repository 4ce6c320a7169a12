'use client'

import { type ReactNode, useSyncExternalStore } from 'react'

const listenToNothing = () => () => undefined

/**
 * The body of a page. Until the script runs, what is typed, chosen or pressed in it would be lost: so
 * long it takes nothing.
 */
export function PageMain({ className, children }: { className: string; children: ReactNode }) {
  const isHydrated = useSyncExternalStore(
    listenToNothing,
    () => true,
    () => false,
  )
  return (
    <main inert={!isHydrated} className={className}>
      {children}
    </main>
  )
}
