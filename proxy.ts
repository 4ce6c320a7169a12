import { type NextRequest, NextResponse } from 'next/server'
import { isDevelopment } from '@/lib/config/is-development'
import messages from '@/lib/i18n/messages/en.json'
import { buildContentSecurityPolicy } from '@/lib/server/content-security-policy'
import { getEnv } from '@/lib/server/get-env'
import { isAllowedHost } from '@/lib/server/is-allowed-host'

const NO_STORE = { 'cache-control': 'private, no-store' }

/** The guards of every page, which have no route() around them. Pages are read only: nothing is posted to one. */
export function proxy(request: NextRequest): Response {
  if (!isAllowedHost({ hostHeader: request.headers.get('host'), env: getEnv() })) {
    return toHostPage()
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return new Response(null, { status: 405, headers: { ...NO_STORE, allow: 'GET, HEAD' } })
  }
  const nonce = crypto.randomUUID().replaceAll('-', '')
  const policy = buildContentSecurityPolicy({ nonce, isDevelopment })
  const headers = new Headers(request.headers)
  headers.set('x-nonce', nonce)
  // Next reads the nonce for its own scripts from here.
  headers.set('content-security-policy', policy)
  const response = NextResponse.next({ request: { headers } })
  response.headers.set('content-security-policy', policy)
  response.headers.set('cache-control', NO_STORE['cache-control'])
  return response
}

function toHostPage(): Response {
  const { text, remedy } = messages.errors.host_not_allowed
  return new Response(`${text}\n${remedy.replaceAll(/<\/?code>/g, '')}\n`, {
    status: 421,
    headers: { ...NO_STORE, 'content-type': 'text/plain; charset=utf-8' },
  })
}

/** All but the built files and our own routes, which guard themselves; an unknown path under /api is a page. */
export const config = {
  matcher: [
    '/((?!_next/static/|health$|ready$|metrics$|api/chat$|api/readiness$|api/timings$|api/timings/|api/engine$|api/ledger$|api/tokenize$|api/traces/|api/runs/|api/threads$|api/threads/|api/messages/|api/events$|api/search$|api/export$|api/import$|api/bench/|api/batch$|api/batch/|api/tips$|api/tips/).*)',
  ],
}
