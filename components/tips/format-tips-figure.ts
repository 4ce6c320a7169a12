import type { SampleFacts, TipsFigure } from '@/lib/domain/tips'
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

/** The least and the most; a unit that both have stands once. */
export function formatTipsRange({
  figure,
  facts,
  locale,
}: {
  figure: TipsFigure
  facts: Pick<SampleFacts, 'min' | 'max'>
  locale: string
}): string {
  const least = formatTipsFigure({ figure, value: facts.min, locale })
  const most = formatTipsFigure({ figure, value: facts.max, locale })
  const unit = UNIT.exec(most)?.[0] ?? ''
  return `${least.endsWith(unit) ? least.slice(0, least.length - unit.length) : least} – ${most}`
}

const UNIT = / [^ ]+$|×$/

export function formatTimes({ value, locale }: { value: number; locale: string }): string {
  const digits = { minimumFractionDigits: 2, maximumFractionDigits: 2 }
  return `${new Intl.NumberFormat(locale, digits).format(value)}×`
}
