/** `12.10 GiB`, with two decimals as vLLM prints them. */
export function formatGib({ bytes, locale }: { bytes: number; locale: string }): string {
  const value = new Intl.NumberFormat(locale, {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
  }).format(bytes / 2 ** 30)
  return `${value} GiB`
}

/** `144 KiB` */
export function formatKib({ bytes, locale }: { bytes: number; locale: string }): string {
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(bytes / 1024)} KiB`
}

/** `51.4 %` */
export function formatShare({ share, locale }: { share: number; locale: string }): string {
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(share * 100)} %`
}
