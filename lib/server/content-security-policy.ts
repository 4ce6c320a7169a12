/** Of what is no page: never a document. */
export const NO_DOCUMENT_POLICY = "default-src 'none'; frame-ancestors 'none'"

/**
 * Nothing runs, loads or is sent anywhere but from and to this server. Scripts need the request's
 * nonce; styles as attributes are what React writes for a width in percent.
 */
export function buildContentSecurityPolicy(options: {
  nonce: string
  /** React's development build evaluates code to rebuild the server's stacks. */
  isDevelopment: boolean
}): string {
  const { nonce, isDevelopment } = options
  const evaluate = isDevelopment ? " 'unsafe-eval'" : ''
  const styles = isDevelopment ? "'unsafe-inline'" : `'nonce-${nonce}'`
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${evaluate}`,
    `style-src 'self' ${styles}`,
    "style-src-attr 'unsafe-inline'",
    "worker-src 'self'",
    "img-src 'self' data: blob:",
    "connect-src 'self'",
    "font-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; ')
}
