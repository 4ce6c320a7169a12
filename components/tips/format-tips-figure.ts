import type { TipsFigure } from '@/lib/domain/tips'
import { formatDuration } from '@/lib/timing/format-duration'
import { formatRate } from '@/lib/timing/format-rate'

export function formatTipsFigure({
  figure,
  value,
  locale,
}: {
  figure: TipsFigure
  value: number
  locale: string
}): string {
  if (figure === 'speedup') return formatTimes({ value, locale })
  if (figure.endsWith('Ms')) return formatDuration({ ms: value, locale })
  return `${formatRate({ tokensPerSecond: value, locale })} tok/s`
}

export function formatTimes({ value, locale }: { value: number; locale: string }): string {
  const digits = { minimumFractionDigits: 2, maximumFractionDigits: 2 }
  return `${new Intl.NumberFormat(locale, digits).format(value)}×`
}
