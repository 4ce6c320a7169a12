import type { ComponentProps } from 'react'

/** The mark: a start line, the wait, and the first token at its end. */
export function Mark(props: ComponentProps<'svg'>) {
  return (
    <svg viewBox="0 0 32 32" fill="none" aria-hidden="true" {...props}>
      <rect width="32" height="32" rx="8" fill="currentColor" />
      <path
        d="M7 10v12M7 16h8.5"
        stroke="var(--accent-foreground, #fff)"
        strokeWidth="2.4"
        strokeLinecap="round"
      />
      <circle cx="21.5" cy="16" r="4.75" fill="var(--accent-foreground, #fff)" />
    </svg>
  )
}
