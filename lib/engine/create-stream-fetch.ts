import type { CompletionCall, StreamLoad } from './create-completion-call'
import { createMergedBody } from './create-merged-body'
import type { AnswerLimits } from './create-overrun'
import { toConnectionError, toEngineError, toWrongContentType } from './engine-error'
import type { EngineFetch } from './engine-http'
import type { EngineBody, EngineResponse } from './engine-response'
import { findAnswerFault } from './find-answer-fault'
import { readErrorText } from './read-body-text'

/**
 * The fetch of one call, given to the model's client: sends once, follows nothing, and answers with
 * a stream that was read and merged before. Whatever else comes back becomes `call.failure` and is thrown.
 */
export function createStreamFetch(options: {
  fetch: EngineFetch
  call: CompletionCall
  load: StreamLoad
  limits: AnswerLimits
  now: () => number
  apiKey?: string
}): typeof globalThis.fetch {
  const { call } = options
  return async (input, init) => {
    try {
      call.markSent()
      const response = await options.fetch(String(input), {
        method: 'POST',
        headers: toHeaders(init?.headers),
        body: String(init?.body),
        signal: call.signal,
      })
      const body = await acceptBody(response, options.apiKey)
      return new Response(createMergedBody({ ...options, body }), {
        headers: { 'content-type': 'text/event-stream' },
      })
    } catch (error) {
      const failure = toConnectionError(error)
      call.fail(failure)
      throw failure
    }
  }
}

/** Compressed, a stream would come in lumps. */
function toHeaders(headers: RequestInit['headers']): Record<string, string> {
  return {
    ...Object.fromEntries(new Headers(headers)),
    accept: 'text/event-stream',
    'accept-encoding': 'identity',
  }
}

async function acceptBody(
  response: EngineResponse,
  apiKey: string | undefined,
): Promise<EngineBody> {
  const key = apiKey === undefined ? {} : { apiKey }
  const contentType = response.headers.get('content-type') ?? ''
  if (!response.ok) {
    const body = await readErrorText(response.body)
    throw toEngineError({ status: response.status, body, headers: response.headers, ...key })
  }
  if (contentType === '' || /^text\/event-stream\b/i.test(contentType)) return response.body
  if (/json/i.test(contentType)) await refuseJson(response, apiKey)
  else await response.body.cancel()
  throw toWrongContentType(contentType, apiKey)
}

async function refuseJson(response: EngineResponse, apiKey: string | undefined): Promise<void> {
  const text = await readErrorText(response.body)
  const fault = findAnswerFault(parseJson(text), apiKey)
  if (fault !== undefined) throw fault
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
