import { createTranslator } from 'next-intl'
import type { TipsFigure, TipsSeries } from '@/lib/domain/tips'
import messages from '@/lib/i18n/messages/en.json' with { type: 'json' }

const { tips } = messages

/** Such as `16 at once`. */
export function sayCondition({ measurement, at }: Pick<TipsSeries, 'measurement' | 'at'>): string {
  const t = createTranslator({ locale: 'en', messages: { message: tips.conditions[measurement] } })
  return t('message', { at })
}

export function sayFigure(figure: TipsFigure): string {
  return tips.figures[figure]
}

/** With its unit, and no more digits than it is worth. */
export function formatFigure({ figure, value }: { figure: TipsFigure; value: number }): string {
  if (figure === 'speedup') return `${value.toFixed(2)}×`
  const text = value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3)
  return figure.endsWith('Ms') ? `${text} ms` : `${text} tok/s`
}
