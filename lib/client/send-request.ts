import { AppError, type ErrorDetails, isErrorCode } from '@/lib/domain/error'

export type SendRequest = (path: string, init?: RequestInit) => Promise<Response>

/**
 * Asks our own server. Rejects with the AppError that it named, its request id among the details, or
 * with `app_unreachable` where nothing of ours answered.
 */
export function createSendRequest(options: {
  fetch?: typeof globalThis.fetch | undefined
}): SendRequest {
  return async (path, init = {}) => {
    const fetchNow = options.fetch ?? globalThis.fetch
    const response = await fetchNow(path, init).catch((cause) => {
      throw new AppError('app_unreachable', { cause })
    })
    if (!response.ok) throw await parseError(response)
    return response
  }
}

export async function readJson<T>(response: Response): Promise<T> {
  return response.json().catch((cause) => {
    throw new AppError('app_unreachable', { cause })
  })
}

export function toJsonBody(body: unknown, method = 'POST'): RequestInit {
  return {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }
}

/** An answer that is not in our words came from something in front of the server. */
async function parseError(response: Response): Promise<AppError> {
  const body: unknown = await response.json().catch(() => undefined)
  const error = (body as { error?: Record<string, unknown> } | null | undefined)?.error
  if (!isErrorCode(error?.code)) return new AppError('app_unreachable')
  const details: ErrorDetails = { ...(error.details as ErrorDetails | undefined) }
  if (typeof error.requestId === 'string') details.requestId = error.requestId
  return new AppError(error.code, { details })
}
