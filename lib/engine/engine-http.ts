import { Agent, request as undiciRequest } from 'undici'
import { AppError } from '@/lib/domain/error'
import { toConnectionError, toEngineError, toWrongContentType } from './engine-error'
import { type EngineResponse, toEngineResponse } from './engine-response'
import { readBodyText, readErrorText } from './read-body-text'

export type EngineFetchInit = {
  method?: 'GET' | 'POST'
  headers?: Readonly<Record<string, string>>
  body?: string
  signal?: AbortSignal
}

/** Never follows a redirect, so a key is never sent on to another host. */
export type EngineFetch = (url: string, init?: EngineFetchInit) => Promise<EngineResponse>

export type EngineRequest = {
  /** Begins with a slash, as `/models`. */
  path: string
  /** `v1` is the base URL itself, `root` the server above it: /health, /metrics, /tokenize. */
  base: 'root' | 'v1'
  method?: 'GET' | 'POST'
  /** Sent as JSON. */
  body?: unknown
  headers?: Readonly<Record<string, string>>
  signal?: AbortSignal
  /** Of the whole exchange, body included. */
  timeoutMs?: number
  accept: 'json' | 'text'
}

export type EngineHttp = {
  /** Ends in /v1. */
  baseUrl: string
  /**
   * One exchange, never repeated. The parsed JSON, or the text.
   * @throws {AppError} an engine_* code; the signal's own reason when the caller aborted.
   */
  request(request: EngineRequest): Promise<unknown>
}

const MAX_BODY_BYTES = 8 * 1024 * 1024
const CONNECT_TIMEOUT_MS = 3000

/** One for the whole server. A long answer must not be cut: its silences are judged by the stream's own clock. */
export function createEngineAgent(): Agent {
  return new Agent({
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: CONNECT_TIMEOUT_MS },
  })
}

/** undici's request: its fetch takes half a millisecond more until the first byte is read. */
export function createEngineFetch(agent: Agent): EngineFetch {
  return async (url, { method = 'GET', headers = {}, body = null, signal } = {}) =>
    toEngineResponse(
      await undiciRequest(url, {
        dispatcher: agent,
        method,
        headers: { ...headers },
        body,
        ...(signal === undefined ? {} : { signal }),
      }),
    )
}

/** The headers that every request to the engine carries; no key, no header. */
function toAuthorization(apiKey: string | undefined): Record<string, string> {
  return apiKey === undefined || apiKey === '' ? {} : { authorization: `Bearer ${apiKey}` }
}

export function createEngineHttp(options: {
  /** Normalised: ends in /v1. */
  baseUrl: string
  apiKey?: string
  fetch: EngineFetch
}): EngineHttp {
  const { baseUrl, apiKey, fetch } = options
  const rootUrl = baseUrl.replace(/\/v1$/, '')
  return {
    baseUrl,
    async request(request) {
      const deadline = createDeadline(request)
      try {
        const url = `${request.base === 'v1' ? baseUrl : rootUrl}${request.path}`
        const response = await fetch(url, toInit({ request, apiKey, signal: deadline.signal }))
        if (response.ok) return await readAnswer({ response, accept: request.accept, apiKey })
        const body = await readErrorText(response.body)
        throw toEngineError({
          status: response.status,
          body,
          headers: response.headers,
          ...(apiKey === undefined ? {} : { apiKey }),
        })
      } catch (error) {
        throw deadline.explain(error)
      } finally {
        deadline.clear()
      }
    },
  }
}

function toInit(options: {
  request: EngineRequest
  apiKey: string | undefined
  signal: AbortSignal
}): EngineFetchInit {
  const { request, apiKey, signal } = options
  return {
    method: request.method ?? 'GET',
    headers: {
      accept: request.accept === 'json' ? 'application/json' : 'text/plain, */*;q=0.5',
      ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...request.headers,
      ...toAuthorization(apiKey),
    },
    ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    signal,
  }
}

/** Not AbortSignal.any: the caller's signal lives as long as the server, and each poll would hang on to it. */
function createDeadline({ signal, timeoutMs }: EngineRequest) {
  const controller = new AbortController()
  const timedOut = new AppError('engine_timeout', {
    details: { seconds: Math.ceil((timeoutMs ?? 0) / 1000) },
  })
  const onAbort = () => controller.abort(signal?.reason)
  const timer =
    timeoutMs === undefined ? undefined : setTimeout(() => controller.abort(timedOut), timeoutMs)
  if (signal?.aborted) onAbort()
  signal?.addEventListener('abort', onAbort, { once: true })
  return {
    signal: controller.signal,
    explain(error: unknown): unknown {
      if (signal?.aborted) return signal.reason
      return controller.signal.aborted ? timedOut : toConnectionError(error)
    },
    clear() {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    },
  }
}

async function readAnswer(options: {
  response: EngineResponse
  accept: 'json' | 'text'
  apiKey: string | undefined
}): Promise<unknown> {
  const { response, accept, apiKey } = options
  const contentType = response.headers.get('content-type') ?? ''
  const isWrong =
    accept === 'json' ? contentType !== '' && !/json/i.test(contentType) : /html/i.test(contentType)
  if (isWrong) {
    await response.body.cancel()
    throw toWrongContentType(contentType, apiKey)
  }
  const text = await readBodyText({
    body: response.body,
    maxBytes: MAX_BODY_BYTES,
    longer: 'refuse',
  })
  if (accept === 'text') return text
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new AppError('engine_malformed', { cause })
  }
}
