import type { ReactNode } from 'react'

/** A table that scrolls sideways by itself where the page is narrow. */
export function TableBox({ label, children }: { label: string; children: ReactNode }) {
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label={label}
      className="overflow-x-auto rounded-lg border border-border"
    >
      {children}
    </section>
  )
}
