const SAFE_PROTOCOLS = ['http:', 'https:', 'mailto:']

/** The address if it is absolute and leads to a page or a mail; all else of a model's links is inert. */
export function toSafeHref(href: unknown): string | undefined {
  if (typeof href !== 'string') return undefined
  try {
    return SAFE_PROTOCOLS.includes(new URL(href).protocol) ? href : undefined
  } catch {
    return undefined
  }
}
