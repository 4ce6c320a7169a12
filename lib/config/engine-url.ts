/** The engine's address as it was set: normalised to end in `/v1`, or the reason why it cannot be used. */
export type EngineUrl =
  | { isValid: true; baseUrl: string }
  | {
      isValid: false
      value: string
      reason: 'not-a-url' | 'scheme' | 'credentials' | 'query' | 'link-local'
    }

/**
 * Accepts the URL with or without `/v1` and trailing slashes. A wrong one is a phase of the gate
 * and not a failed boot: the page can say what is wrong.
 */
export function parseEngineUrl(value: string): EngineUrl {
  const text = value.trim()
  if (!URL.canParse(text)) return { isValid: false, value: text, reason: 'not-a-url' }
  const url = new URL(text)
  const refuse = (reason: Exclude<EngineUrl, { isValid: true }>['reason']): EngineUrl => ({
    isValid: false,
    value: `${url.protocol}//${url.host}${url.pathname}`,
    reason,
  })
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return refuse('scheme')
  if (url.username !== '' || url.password !== '') return refuse('credentials')
  if (url.search !== '' || url.hash !== '') return refuse('query')
  // Cloud metadata services live there; no engine does.
  if (/^169\.254\.|^\[fe[89ab]/i.test(url.hostname)) return refuse('link-local')
  const path = url.pathname.replace(/\/{2,}/g, '/').replace(/\/+$/, '')
  const versioned = path.endsWith('/v1') ? path : `${path}/v1`
  return { isValid: true, baseUrl: `${url.origin}${versioned}` }
}
