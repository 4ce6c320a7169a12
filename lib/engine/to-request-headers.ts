import type { CompletionRequest } from './completion'

/** The headers that tell one request from another; none of them is a secret. */
export function toRequestHeaders({
  sessionId,
  requestId,
  traceparent,
}: Pick<CompletionRequest, 'sessionId' | 'requestId' | 'traceparent'>): Record<string, string> {
  return {
    ...(sessionId === undefined ? {} : { 'x-session-id': sessionId }),
    ...(requestId === undefined ? {} : { 'x-request-id': requestId }),
    ...(traceparent === undefined ? {} : { traceparent }),
  }
}
