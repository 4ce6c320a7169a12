import 'server-only'
import { randomUUID } from 'node:crypto'
import type { z } from 'zod'
import { AppError, ERROR_CODES, isAppError, toPublicError } from '@/lib/domain/error'
import type { Services } from '@/lib/services'
import { NO_DOCUMENT_POLICY } from './content-security-policy'
import { isAllowedHost } from './is-allowed-host'
import { isAllowedOrigin } from './is-allowed-origin'
import { readJsonBody, readTextBody } from './read-json-body'
import { getServices } from './services'

export type RouteContext<Params, Query, Body> = {
  request: Request
  requestId: string
  /** Aborts when the client goes away. */
  signal: AbortSignal
  services: Services
  params: Params
  query: Query
  body: Body
  /** What was sent, as it is; empty unless `textLimitBytes` is set. */
  text: string
}

export type RouteHandler = (
  request: Request,
  context?: { params: Promise<unknown> },
) => Promise<Response>

/**
 * Every handler of app/ goes through here: the guards of host, origin, media type and size, the
 * strict schemas, and the one place where an error becomes a response. A route without a body
 * schema reads no body. `anyHost` is for the probes of a load balancer, which know no name.
 */
export function route<Params = undefined, Query = undefined, Body = undefined>(options: {
  params?: z.ZodType<Params>
  query?: z.ZodType<Query>
  body?: z.ZodType<Body>
  anyHost?: boolean
  /** The body is a file, read no further than this, and not parsed. */
  textLimitBytes?: number
  handle: (context: RouteContext<Params, Query, Body>) => Promise<Response> | Response
}): RouteHandler {
  return async (request, context) => {
    // Read first: it tells a build that the answer depends on the request, before any service is started.
    const hostHeader = request.headers.get('host')
    const requestId = randomUUID()
    const startedMs = performance.now()
    const services = await getServices()
    let response: Response
    try {
      if (options.anyHost !== true) guardHost(hostHeader, services)
      guardOrigin(request)
      response = await options.handle({
        request,
        requestId,
        signal: request.signal,
        services,
        params: parse(options.params, await context?.params),
        query: parse(options.query, Object.fromEntries(new URL(request.url).searchParams)),
        body: parse(options.body, options.body && (await readJsonBody(request))),
        text:
          options.textLimitBytes === undefined
            ? ''
            : await readTextBody(request, options.textLimitBytes),
      })
    } catch (error) {
      response = toErrorResponse({ error, requestId, services })
    }
    return dress({ request, response, requestId, services, startedMs })
  }
}

function guardHost(hostHeader: string | null, { env }: Services): void {
  if (isAllowedHost({ hostHeader, env })) return
  throw new AppError('host_not_allowed', { details: { setting: 'ALLOWED_HOSTS' } })
}

function guardOrigin({ method, headers }: Request): void {
  const isRead = method === 'GET' || method === 'HEAD'
  if (!isRead && !isAllowedOrigin(headers)) throw new AppError('origin_not_allowed')
}

/** Without a schema nothing is read; then the type parameter is `undefined` as well. */
function parse<T>(schema: z.ZodType<T> | undefined, value: unknown): T {
  if (schema === undefined) return undefined as T
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw new AppError('invalid_request', { cause: parsed.error })
  return parsed.data
}

function toErrorResponse(failure: {
  error: unknown
  requestId: string
  services: Services
}): Response {
  const { requestId, services } = failure
  const error = isAppError(failure.error)
    ? failure.error
    : new AppError('internal', { cause: failure.error })
  const { status } = ERROR_CODES[error.code]
  const level = error.code === 'internal' || error.code === 'storage_failed' ? 'error' : 'debug'
  services.logger[level]({ requestId, code: error.code, err: error }, 'a request was refused')
  return Response.json({ error: toPublicError(error, requestId) }, { status })
}

function dress(options: {
  request: Request
  response: Response
  requestId: string
  services: Services
  startedMs: number
}): Response {
  const { request, response, requestId, services, startedMs } = options
  response.headers.set('x-request-id', requestId)
  response.headers.set('content-security-policy', NO_DOCUMENT_POLICY)
  if (!response.headers.has('cache-control')) {
    response.headers.set('cache-control', 'private, no-store')
  }
  services.logger.debug(
    {
      requestId,
      method: request.method,
      path: new URL(request.url).pathname,
      status: response.status,
      tookMs: performance.now() - startedMs,
    },
    'a request was answered',
  )
  return response
}
