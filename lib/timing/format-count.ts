/** A whole number with the locale's own grouping. */
export function formatCount({ count, locale }: { count: number; locale: string }): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }).format(count)
}
