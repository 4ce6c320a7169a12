export const LOCALES = ['en', 'zh-CN'] as const

export type Locale = (typeof LOCALES)[number]

/** The reader's own choice; else the best known language of `Accept-Language`; else English. */
export function chooseLocale({
  cookie,
  acceptLanguage,
}: {
  cookie: string | undefined
  acceptLanguage: string | null
}): Locale {
  const chosen = LOCALES.find((locale) => locale === cookie)
  if (chosen !== undefined) return chosen
  const wanted = (acceptLanguage ?? '')
    .split(',')
    .map(parseLanguage)
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality)
  for (const { language } of wanted) {
    const found = LOCALES.find((locale) => locale.split('-')[0] === language)
    if (found !== undefined) return found
  }
  return 'en'
}

function parseLanguage(part: string): { language: string; quality: number } {
  const [tag = '', ...parameters] = part.trim().toLowerCase().split(';')
  const quality = parameters.find((parameter) => parameter.trim().startsWith('q='))
  const value = quality === undefined ? 1 : Number(quality.trim().slice(2))
  return { language: tag.split('-')[0] ?? '', quality: Number.isNaN(value) ? 0 : value }
}
