import { AppError, type ErrorCode, type ErrorDetails, findAppError } from '@/lib/domain/error'
import { toContextDetails } from './context-error'
import { toSafeReason } from './safe-reason'

/** A `Headers`, or the plain object that the AI SDK keeps of one. */
export type HeaderSource =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | undefined>>

/** What the four shapes of an error body have in common; absent fields were not sent. */
type EngineFault = {
  message: string
  type?: string
  param?: string
  code?: string | number
  promptTokens?: number
  maxTokens?: number
}

/**
 * Translates an answer other than 2xx. `body` is the text as it came: vLLM's nested or flat
 * (≤ 0.10) error, `{"error":"…"}`, `{"detail":…}`, HTML or nothing.
 * `details` never hold HTML, a path, a URL or a key; give `apiKey` to have it blotted out by value.
 */
export function toEngineError(answer: {
  status: number
  body: string
  headers: HeaderSource
  apiKey?: string
  /** Wall clock, for a Retry-After that is a date. */
  nowMs?: () => number
}): AppError {
  const { status, headers, apiKey } = answer
  const isHtml = looksLikeHtml(answer.body, readHeader(headers, 'content-type'))
  const fault = isHtml ? { message: '' } : parseFault(answer.body)
  const retryAfterSeconds = parseRetryAfter(
    readHeader(headers, 'retry-after'),
    answer.nowMs ?? Date.now,
  )
  return buildError({
    status,
    isHtml,
    fault,
    ...(apiKey === undefined ? {} : { apiKey }),
    extra: {
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      ...redirectHost(readHeader(headers, 'location')),
    },
  })
}

/**
 * Translates the event that ends a stream under HTTP 200: `{"error":{message,type,param,code}}`,
 * the object within, or the flat shape. A code that is no HTTP status counts as 500.
 */
export function toStreamErrorEvent(event: unknown, apiKey?: string): AppError {
  const fault = toFault(event)
  const code = Number(fault.code)
  const status = code >= 400 && code <= 599 ? code : 500
  return buildError({
    status,
    isHtml: false,
    fault,
    extra: {},
    ...(apiKey === undefined ? {} : { apiKey }),
  })
}

/** A 200 that is no answer of an engine: a proxy's page, a portal. */
export function toWrongContentType(contentType: string, apiKey?: string): AppError {
  const shown = toSafeReason(contentType, apiKey)
    ?.replace(/[^\w/.+;= -]/g, '')
    .slice(0, 100)
  return new AppError('engine_wrong_content_type', {
    ...(shown === undefined ? {} : { details: { contentType: shown } }),
  })
}

type Answer = {
  status: number
  isHtml: boolean
  fault: EngineFault
  extra: ErrorDetails
  apiKey?: string
}

function buildError(answer: Answer): AppError {
  const { status, fault, extra, apiKey } = answer
  const context = status >= 400 && status < 500 ? toContextDetails(fault) : undefined
  const code = context === undefined ? toCode(answer) : 'engine_context_too_long'
  const reason = toSafeReason(fault.message, apiKey)
  return new AppError(code, {
    details: { status, ...(context ?? detailsOf({ code, fault, extra, reason })) },
    cause: new Error(`the engine answered ${status}${reason === undefined ? '' : `: ${reason}`}`),
  })
}

function toCode({ status, isHtml, fault }: Answer): ErrorCode {
  if (status >= 300 && status < 400) return 'engine_redirected'
  if (status === 401 || status === 403) return 'engine_unauthorized'
  if (status === 413) return 'body_too_large'
  if (status === 429) return 'engine_busy'
  if (isHtml || status === 502 || status === 504 || status >= 520) return 'engine_proxy'
  if (status >= 500 && /EngineCore|EngineDead|engine (?:is )?dead/i.test(fault.message)) {
    return 'engine_died'
  }
  if (status === 503) return 'engine_busy'
  if (status >= 500) return 'engine_failed'
  if (status === 404 && isModelFault(fault)) return 'engine_model_not_found'
  if (status === 404 || status === 405) return 'engine_path_not_found'
  if (status === 408) return 'engine_timeout'
  return status >= 400 ? 'engine_rejected' : 'engine_malformed'
}

function detailsOf(options: {
  code: ErrorCode
  fault: EngineFault
  extra: ErrorDetails
  reason: string | undefined
}): ErrorDetails {
  const { code, fault, extra, reason } = options
  if (code === 'engine_busy') {
    return extra.retryAfterSeconds === undefined
      ? {}
      : { retryAfterSeconds: extra.retryAfterSeconds }
  }
  if (code === 'engine_redirected') return extra.host === undefined ? {} : { host: extra.host }
  if (code === 'engine_rejected' && reason !== undefined) return { reason }
  if (code === 'engine_model_not_found') return modelDetails(fault.message)
  return {}
}

function isModelFault({ param, message, type }: EngineFault): boolean {
  return (
    param === 'model' ||
    /\bmodel\b.{0,300}\b(?:does not exist|not found)|\bmodel_not_found\b/is.test(message) ||
    type === 'model_not_found_error'
  )
}

function modelDetails(message: string): ErrorDetails {
  const wanted = /model [`'"]([^`'"]{1,200})[`'"] does not exist/i.exec(message)?.[1]
  const served = /Valid aliases: (.{1,500}?)\.?\s*$/.exec(message)?.[1]
  return {
    ...(wanted === undefined ? {} : { wanted }),
    ...(served === undefined ? {} : { served }),
  }
}

function parseFault(body: string): EngineFault {
  const text = body.trim()
  if (text === '') return { message: '' }
  try {
    return toFault(JSON.parse(text))
  } catch {
    return { message: text }
  }
}

function toFault(value: unknown): EngineFault {
  if (typeof value === 'string') return { message: value }
  if (typeof value !== 'object' || value === null) return { message: '' }
  const outer = Object.fromEntries(Object.entries(value))
  if (outer.error !== undefined) return toFault(outer.error)
  if (outer.detail !== undefined) return { message: textOf(outer.detail) }
  const { type, param, code, n_prompt_tokens: prompt, n_ctx: max } = outer
  return {
    message: textOf(outer.message),
    ...(typeof type === 'string' ? { type } : {}),
    ...(typeof param === 'string' ? { param } : {}),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(typeof prompt === 'number' ? { promptTokens: prompt } : {}),
    ...(typeof max === 'number' ? { maxTokens: max } : {}),
  }
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function looksLikeHtml(body: string, contentType: string | undefined): boolean {
  return (
    /^\s*<(?:!doctype|html|head|body)\b/i.test(body) || /\btext\/html\b/i.test(contentType ?? '')
  )
}

function readHeader(headers: HeaderSource, name: string): string | undefined {
  if (typeof headers.get === 'function') return headers.get(name) ?? undefined
  for (const [key, value] of Object.entries(headers)) {
    if (key.toLowerCase() === name && typeof value === 'string') return value
  }
  return undefined
}

/** Seconds or an HTTP date; clamped so that no server can park us for an hour. */
function parseRetryAfter(value: string | undefined, nowMs: () => number): number | undefined {
  if (value === undefined || value.trim() === '') return undefined
  const given = Number(value)
  const seconds = Number.isNaN(given) ? (Date.parse(value) - nowMs()) / 1000 : given
  if (Number.isNaN(seconds)) return undefined
  return Math.min(60, Math.max(1, Math.ceil(seconds)))
}

function redirectHost(location: string | undefined): ErrorDetails {
  if (location === undefined || !URL.canParse(location)) return {}
  return { host: new URL(location).host }
}

const UNREACHABLE =
  /^(?:ECONNREFUSED|ECONNRESET|ECONNABORTED|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|EPIPE|EADDRNOTAVAIL|UND_ERR_SOCKET)$/
const TIMEOUT = /^(?:ETIMEDOUT|UND_ERR_\w*TIMEOUT|TimeoutError)$/
const TLS =
  /^(?:ERR_TLS_|ERR_SSL_|ERR_OSSL|CERT_|CRL_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT|UNABLE_TO_|ERROR_IN_CERT|INVALID_CA|HOSTNAME_MISMATCH|EPROTO)/

function connectionCode(code: string): ErrorCode | undefined {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EAI_NODATA') {
    return 'engine_name_not_found'
  }
  if (TLS.test(code)) return 'engine_tls'
  if (TIMEOUT.test(code)) return 'engine_timeout'
  if (UNREACHABLE.test(code)) return 'engine_unreachable'
  if (/^(?:HPE_|HTTPParserError$|UND_ERR_HEADERS_OVERFLOW$)/.test(code)) return 'engine_malformed'
  return undefined
}

/**
 * Translates what a socket, the resolver, TLS or undici threw, looking through `cause` and
 * AggregateError. `details.systemCode` is the system's own name for it, as ECONNREFUSED.
 * What cannot be told counts as unreachable.
 */
export function toConnectionError(error: unknown): AppError {
  const known = findAppError(error)
  if (known !== undefined) return known
  for (const name of collectCodes(error, 0)) {
    const code = connectionCode(name)
    if (code === undefined) continue
    // A parser's error holds the bytes that it could not read.
    const cause = code === 'engine_malformed' ? new Error(name) : error
    return new AppError(code, { details: { systemCode: name }, cause })
  }
  return new AppError('engine_unreachable', { cause: error })
}

function collectCodes(error: unknown, depth: number): string[] {
  if (typeof error !== 'object' || error === null || depth > 6) return []
  const names: string[] = []
  if ('code' in error && typeof error.code === 'string') names.push(error.code)
  if ('name' in error && (error.name === 'TimeoutError' || error.name === 'HTTPParserError')) {
    names.push(error.name)
  }
  if ('errors' in error && Array.isArray(error.errors)) {
    names.push(...error.errors.slice(0, 8).flatMap((inner) => collectCodes(inner, depth + 1)))
  }
  if ('cause' in error) names.push(...collectCodes(error.cause, depth + 1))
  if ('message' in error && error.message === 'socket hang up') names.push('ECONNRESET')
  return names
}
