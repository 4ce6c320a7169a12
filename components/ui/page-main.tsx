'use client'

import { type ReactNode, useSyncExternalStore } from 'react'
import { cn } from '@/lib/utils'

const listenToNothing = () => () => undefined

/**
 * The body of a page, as wide as it is told. Until the script runs, what is typed, chosen or pressed
 * in it would be lost: so long it takes nothing.
 */
export function PageMain({ className, children }: { className: string; children: ReactNode }) {
  const isHydrated = useSyncExternalStore(
    listenToNothing,
    () => true,
    () => false,
  )
  return (
    <main
      inert={!isHydrated}
      className={cn(
        'mx-auto w-full grow px-4 pt-2 pb-10 sm:px-6 print:max-w-none print:p-0',
        className,
      )}
    >
      {children}
    </main>
  )
}
