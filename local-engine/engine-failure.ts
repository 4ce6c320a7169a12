/** Why the engine cannot start, and whether the same start may succeed later without a change. */
const FAILURES = {
  'no-network': { retryable: true },
  'package-not-found': { retryable: false },
  'no-npm': { retryable: false },
  'install-failed': { retryable: true },
  'no-pip': { retryable: false },
  'fetch-failed': { retryable: true },
  'checksum-mismatch': { retryable: false },
  'no-space': { retryable: true },
  'not-writable': { retryable: false },
  'unsupported-platform': { retryable: false },
  'not-enough-memory': { retryable: true },
  'model-not-found': { retryable: false },
  'model-not-gguf': { retryable: false },
  'model-load-failed': { retryable: false },
  'already-running': { retryable: true },
  'port-in-use': { retryable: true },
  'bad-arguments': { retryable: false },
  internal: { retryable: true },
} as const satisfies Record<string, { retryable: boolean }>

export type FailureCode = keyof typeof FAILURES

export type Facts = Record<string, string | number>

/** The only error that ends the process; its code and facts become the last line of the log. */
export class EngineFailure extends Error {
  override name = 'EngineFailure'
  readonly code: FailureCode
  readonly facts: Facts

  constructor(code: FailureCode, facts: Facts = {}, cause?: unknown) {
    super(code, { cause })
    this.code = code
    this.facts = facts
  }

  get isRetryable(): boolean {
    return FAILURES[this.code].retryable
  }
}

const SYSTEM_CODES: Record<string, FailureCode> = {
  ENOSPC: 'no-space',
  EDQUOT: 'no-space',
  EACCES: 'not-writable',
  EPERM: 'not-writable',
  EROFS: 'not-writable',
}

/** Anything thrown → the failure it means; what is not known is `internal`, with its message. */
export function toEngineFailure(error: unknown): EngineFailure {
  if (error instanceof EngineFailure) return error
  if (!(error instanceof Error)) return new EngineFailure('internal', { reason: String(error) })
  const systemCode = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const path = 'path' in error && typeof error.path === 'string' ? { path: error.path } : {}
  const code = SYSTEM_CODES[systemCode] ?? 'internal'
  return new EngineFailure(code, { ...path, reason: error.message.slice(0, 300) }, error)
}
