import 'server-only'
import type { Services } from '@/lib/services'

/**
 * The least that a server between a page and the engine can do: the request's bytes to the engine,
 * the engine's bytes back. What a reply costs is measured beside it; there only where the bench is.
 */
export async function passEngineThrough(options: {
  request: Request
  services: Pick<Services, 'env'>
  signal: AbortSignal
}): Promise<Response> {
  const { request, services, signal } = options
  const { engineUrl, apiKey, hasBenchRoutes } = services.env
  if (!hasBenchRoutes || !engineUrl.isValid) return new Response(null, { status: 404 })
  const answer = await fetch(`${engineUrl.baseUrl}/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
    },
    body: await request.text(),
    redirect: 'manual',
    signal,
  })
  return new Response(answer.body, {
    status: answer.status,
    headers: {
      'content-type': answer.headers.get('content-type') ?? 'text/event-stream',
      'cache-control': 'no-cache, no-store, no-transform',
      'content-encoding': 'none',
    },
  })
}
