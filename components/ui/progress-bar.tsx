import { cn } from '@/lib/utils'

/** @param value 0–1 */
export function ProgressBar({
  value,
  label,
  valueText,
  className,
}: {
  value: number
  label: string
  valueText: string
  className?: string
}) {
  return (
    <progress
      className={cn('progress', className)}
      max={100}
      value={Math.round(Math.min(1, Math.max(0, value)) * 100)}
      aria-label={label}
      aria-valuetext={valueText}
    />
  )
}
