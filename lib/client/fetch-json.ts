import { AppError, type ErrorDetails, isErrorCode } from '@/lib/domain/error'

/**
 * Asks our own server once. Rejects with the AppError that it named, or with `app_unreachable` where
 * nothing of ours answered, or something that `isAnswer` does not know.
 */
export async function fetchJson<Answer>({
  path,
  isAnswer,
  signal,
  body,
}: {
  path: string
  isAnswer: (value: object) => value is Answer & object
  signal: AbortSignal
  /** Present: it is posted, a blob as the bytes it holds. */
  body?: object
}): Promise<Answer> {
  const init: RequestInit = body === undefined ? { cache: 'no-store' } : toPost(body)
  const response = await fetch(path, { ...init, signal }).catch((cause) => {
    throw new AppError('app_unreachable', { cause })
  })
  const answer: unknown = await response.json().catch((cause) => {
    throw new AppError('app_unreachable', { cause })
  })
  if (!response.ok) throw toError(answer)
  if (typeof answer === 'object' && answer !== null && isAnswer(answer)) return answer
  throw new AppError('app_unreachable')
}

function toPost(body: object): RequestInit {
  const isBlob = body instanceof Blob
  return {
    method: 'POST',
    headers: { 'content-type': isBlob ? 'application/octet-stream' : 'application/json' },
    body: isBlob ? body : JSON.stringify(body),
  }
}

function toError(answer: unknown): AppError {
  const { error } = (answer ?? {}) as { error?: { code?: unknown; details?: ErrorDetails } }
  if (!isErrorCode(error?.code)) return new AppError('app_unreachable')
  return new AppError(error.code, error.details === undefined ? {} : { details: error.details })
}
