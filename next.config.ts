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
  ],
}

export default createNextIntlPlugin('./lib/i18n/request.ts')(config)
