import { cn } from '@/lib/utils'

const SHAPES = {
  ready: 'rounded-full bg-success',
  busy: 'rounded-full border-[3px] border-warning',
  waiting: 'rounded-full border-2 border-accent border-r-transparent',
  fault: 'rounded-[2px] rotate-45 scale-90 bg-danger',
} as const

/** Tells the states apart by shape as well as by colour; the words stand beside it. */
export function StatusDot({ tone, className }: { tone: keyof typeof SHAPES; className?: string }) {
  return (
    <span
      aria-hidden="true"
      className={cn('inline-block size-2.5 shrink-0 print:hidden', SHAPES[tone], className)}
    />
  )
}
