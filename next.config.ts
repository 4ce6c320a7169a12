import type { NextConfig } from 'next'
import createNextIntlPlugin from 'next-intl/plugin'

const EVERYWHERE = [
  { key: 'x-content-type-options', value: 'nosniff' },
  { key: 'x-frame-options', value: 'DENY' },
  { key: 'referrer-policy', value: 'no-referrer' },
  { key: 'cross-origin-opener-policy', value: 'same-origin' },
  { key: 'cross-origin-resource-policy', value: 'same-origin' },
  {
    key: 'permissions-policy',
    value: 'camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()',
  },
]

/** What is no page is never a document; the pages' policy has a nonce and comes from proxy.ts. */
const NO_DOCUMENT = [
  { key: 'content-security-policy', value: "default-src 'none'; frame-ancestors 'none'" },
]

const config: NextConfig = {
  poweredByHeader: false,
  // Pages and scripts are packed; the streams refuse it (`no-transform`), and their tokens cost no more with it than without.
  compress: true,
  images: { unoptimized: true },
  serverExternalPackages: ['better-sqlite3', 'pg', 'pino', 'undici'],
  outputFileTracingRoot: import.meta.dirname,
  turbopack: { root: import.meta.dirname },
  headers: async () => [
    { source: '/:path*', headers: EVERYWHERE },
    // Whoever has the link can read it; nobody is to find it.
    { source: '/share/:path*', headers: [{ key: 'x-robots-tag', value: 'noindex, nofollow' }] },
    ...['/api/chat', '/api/readiness', '/api/timings', '/api/runs/:path*', '/api/threads/:path*']
      .concat(
        '/api/batch',
        '/api/batch/:path*',
        '/api/bench/:path*',
        '/api/messages/:path*',
        '/api/events',
        '/api/search',
        '/api/export',
        '/api/import',
        '/health',
        '/ready',
      )
      .map((source) => ({ source, headers: NO_DOCUMENT })),
  ],
}

export default createNextIntlPlugin('./lib/i18n/request.ts')(config)
