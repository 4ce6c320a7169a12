import type { WireError } from '../../lib/engine/wire.ts'
import { toPythonJson } from './python-text.ts'
import type { ErrorShape, FaultyAnswer } from './scenario.ts'

/** A refusal as vLLM answers it. */
export type Refusal = {
  status: number
  body: string
  contentType?: string
  headers?: Record<string, string>
}

const TYPES: Record<number, string> = {
  400: 'BadRequestError',
  401: 'AuthenticationError',
  404: 'NotFoundError',
  429: 'RateLimitError',
  500: 'InternalServerError',
  503: 'Service Unavailable',
}

export const ENGINE_DEAD =
  'EngineCore encountered an issue. See stack trace (above) for the root cause.'

const MESSAGES: Record<number, string> = {
  500: ENGINE_DEAD,
  503: 'The engine is currently busy and cannot accept new requests. Please try again later or on a different instance.',
}

function toTypeName(status: number): string {
  return TYPES[status] ?? (status < 500 ? 'BadRequestError' : 'InternalServerError')
}

function buildWireError(options: {
  message: string
  type: string
  param?: string | null
  code: number
}): WireError {
  const { message, type, param = null, code } = options
  return { error: { message, type, param, code } }
}

/** The usual shape: `{"error": {message, type, param, code}}`. */
export function refuse(options: {
  status: number
  message: string
  type?: string
  param?: string | null
}): Refusal {
  const { status, message, type = toTypeName(status), param = null } = options
  return { status, body: JSON.stringify(buildWireError({ message, type, param, code: status })) }
}

/** A value out of range: the message names the parameter once more. */
export function refuseValue(options: { message: string; param: string; value?: string }): Refusal {
  const { message, param, value } = options
  const suffix = value === undefined ? `parameter=${param}` : `parameter=${param}, value=${value}`
  return refuse({ status: 400, message: `${message} (${suffix})`, param })
}

/** What FastAPI's validation says, Python's `repr` of the finding inside. */
export function refuseInvalid(options: { finding: string; param: string | null }): Refusal {
  const message = `1 validation error:\n  ${options.finding}`
  return refuse({ status: 400, message, type: 'Bad Request', param: options.param })
}

export function refuseDetail(options: { status: number; detail: string }): Refusal {
  return { status: options.status, body: JSON.stringify({ detail: options.detail }) }
}

export const UNAUTHORIZED: Refusal = { status: 401, body: '{"error":"Unauthorized"}' }

export const HTML_PAGE =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n'

/** The same failure in each of the shapes that engines and the proxies before them use. */
export function buildFaultyBody(fault: {
  status: number
  shape: ErrorShape
  message?: string
  type?: string
}): { body: string; contentType: string } {
  const { status, shape } = fault
  const message = fault.message ?? MESSAGES[status] ?? 'Internal server error'
  const type = fault.type ?? toTypeName(status)
  const shapes: Record<ErrorShape, () => string> = {
    nested: () => JSON.stringify(buildWireError({ message, type, code: status })),
    flat: () => JSON.stringify({ object: 'error', message, type, param: null, code: status }),
    unauthorized: () => JSON.stringify({ error: fault.message ?? 'Unauthorized' }),
    detail: () => JSON.stringify({ detail: fault.message ?? 'Not Found' }),
    html: () => HTML_PAGE,
  }
  return {
    body: shapes[shape](),
    contentType: shape === 'html' ? 'text/html' : 'application/json',
  }
}

export function refuseAsScripted(fault: FaultyAnswer): Refusal {
  const { body, contentType } = buildFaultyBody(fault)
  return {
    status: fault.status,
    body: fault.body ?? body,
    contentType,
    ...(fault.headers === undefined ? {} : { headers: fault.headers }),
  }
}

/** The data of an error event in a stream that has begun. */
export function buildErrorEvent(fault: {
  status: number
  shape: ErrorShape
  message?: string
  type?: string
  body?: string
}): string {
  if (fault.body !== undefined) return fault.body
  if (fault.shape !== 'nested') return buildFaultyBody(fault).body
  const message = fault.message ?? MESSAGES[fault.status] ?? 'Internal server error'
  const type = fault.type ?? toTypeName(fault.status)
  return toPythonJson(buildWireError({ message, type, code: fault.status }))
}
