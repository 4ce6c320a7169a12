import { formatCount } from './format-count'

const SECOND_MS = 1000

/**
 * A measured duration for reading: under 10 ms with one decimal, under a second in whole ms, then
 * in seconds with two decimals. The step is chosen after rounding, so 9.96 is `10 ms` and not `10.0 ms`.
 */
export function formatDuration({ ms, locale }: { ms: number; locale: string }): string {
  if (roundTo({ value: ms, decimals: 1 }) < 10) return `${formatFixed(ms, 1, locale)} ms`
  if (Math.round(ms) < SECOND_MS) return `${formatCount({ count: Math.round(ms), locale })} ms`
  return `${formatFixed(ms / SECOND_MS, 2, locale)} s`
}

/** The same measured duration for a column that says "ms" once: `4.2`, `412`, `3,240`. */
export function formatMilliseconds({ ms, locale }: { ms: number; locale: string }): string {
  if (roundTo({ value: ms, decimals: 1 }) < 10) return formatFixed(ms, 1, locale)
  return formatCount({ count: Math.round(ms), locale })
}

function roundTo({ value, decimals }: { value: number; decimals: number }): number {
  return Math.round(value * 10 ** decimals) / 10 ** decimals
}

function formatFixed(value: number, decimals: number, locale: string): string {
  return new Intl.NumberFormat(locale, {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(value)
}
