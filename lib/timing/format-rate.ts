/** Tokens per second: one decimal under 10, whole from there; chosen after rounding. */
export function formatRate({
  tokensPerSecond,
  locale,
}: {
  tokensPerSecond: number
  locale: string
}): string {
  const decimals = Math.round(tokensPerSecond * 10) / 10 < 10 ? 1 : 0
  return new Intl.NumberFormat(locale, {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(tokensPerSecond)
}
