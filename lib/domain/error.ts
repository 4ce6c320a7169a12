/** What a code means to HTTP and to the one who reads it; the sentence is `errors.<code>` in the message files. */
type ErrorKind = { status: number; retryable: boolean }

/**
 * The one table of everything that can go wrong. `retryable` says whether the same request may
 * succeed later without a change by the user; nothing in the app ever retries by itself.
 */
export const ERROR_CODES = {
  invalid_request: { status: 400, retryable: false },
  import_invalid: { status: 400, retryable: false },
  origin_not_allowed: { status: 403, retryable: false },
  thread_not_found: { status: 404, retryable: false },
  message_not_found: { status: 404, retryable: false },
  share_not_found: { status: 404, retryable: false },
  run_not_found: { status: 404, retryable: false },
  message_conflict: { status: 409, retryable: false },
  run_active: { status: 409, retryable: true },
  measurement_active: { status: 409, retryable: true },
  chats_active: { status: 409, retryable: true },
  reply_not_continuable: { status: 409, retryable: false },
  batch_not_found: { status: 404, retryable: false },
  batch_conflict: { status: 409, retryable: false },
  batch_empty: { status: 422, retryable: false },
  batch_too_large: { status: 413, retryable: false },
  body_too_large: { status: 413, retryable: false },
  unsupported_media_type: { status: 415, retryable: false },
  host_not_allowed: { status: 421, retryable: false },
  internal: { status: 500, retryable: true },
  storage_failed: { status: 500, retryable: true },
  server_stopping: { status: 503, retryable: true },
  app_unreachable: { status: 503, retryable: true },

  engine_not_ready: { status: 503, retryable: true },
  engine_unreachable: { status: 503, retryable: true },
  engine_name_not_found: { status: 502, retryable: true },
  engine_tls: { status: 502, retryable: false },
  engine_timeout: { status: 504, retryable: true },
  engine_unauthorized: { status: 502, retryable: false },
  engine_model_not_found: { status: 502, retryable: false },
  engine_path_not_found: { status: 502, retryable: false },
  engine_context_too_long: { status: 400, retryable: false },
  engine_rejected: { status: 400, retryable: false },
  engine_busy: { status: 503, retryable: true },
  engine_failed: { status: 502, retryable: true },
  engine_proxy: { status: 502, retryable: true },
  engine_redirected: { status: 502, retryable: false },
  engine_wrong_content_type: { status: 502, retryable: false },
  engine_died: { status: 502, retryable: true },
  engine_stream_cut: { status: 502, retryable: true },
  engine_stalled: { status: 504, retryable: true },
  engine_malformed: { status: 502, retryable: true },
  engine_line_too_large: { status: 502, retryable: false },
  engine_empty: { status: 502, retryable: true },
} as const satisfies Record<string, ErrorKind>

export type ErrorCode = keyof typeof ERROR_CODES

/** Figures and names the sentence needs; everything in here may be shown to a browser. */
export type ErrorDetails = Record<string, string | number>

/** The shape of an error on our wire and in our store: never a message of the engine's, never a key. */
export type PublicError = { code: ErrorCode; requestId?: string; details?: ErrorDetails }

const marker = Symbol.for('first-token.app-error')

/** The only error that crosses a layer. `cause` stays in the server's log; `details` may reach the browser. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly details: ErrorDetails | undefined
  readonly [marker] = true

  constructor(code: ErrorCode, options: { details?: ErrorDetails; cause?: unknown } = {}) {
    super(code, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.details = options.details
  }
}

/** By marker, not by class: two bundles may each hold a copy of the class. */
export function isAppError(error: unknown): error is AppError {
  return typeof error === 'object' && error !== null && marker in error
}

/** The first AppError along the chain of causes, where a library wrapped ours in its own. */
export function findAppError(error: unknown): AppError | undefined {
  for (let at = error, depth = 0; at !== undefined && at !== null && depth < 8; depth += 1) {
    if (isAppError(at)) return at
    at = (at as { cause?: unknown }).cause
  }
  return undefined
}

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERROR_CODES, value)
}

export function toPublicError(error: AppError, requestId?: string): PublicError {
  return {
    code: error.code,
    ...(requestId === undefined ? {} : { requestId }),
    ...(error.details === undefined ? {} : { details: error.details }),
  }
}
