const OWN_SITES = new Set(['same-origin', 'none'])

/**
 * Whether a request that changes something comes from our own page, or from no browser at all.
 * Browsers say where a request comes from in `Sec-Fetch-Site`, and every one of them sends `Origin`
 * with what is not a GET; a client without both is no browser, so nobody can misuse it.
 */
export function isAllowedOrigin(headers: Headers): boolean {
  const site = headers.get('sec-fetch-site')
  if (site !== null && !OWN_SITES.has(site)) return false
  const origin = headers.get('origin')
  if (origin === null) return true
  const host = headers.get('host')
  if (host === null || !URL.canParse(origin)) return false
  const { protocol, host: originHost } = new URL(origin)
  if (protocol !== 'http:' && protocol !== 'https:') return false
  const own = `${protocol}//${host}`
  return URL.canParse(own) && new URL(own).host === originHost
}
