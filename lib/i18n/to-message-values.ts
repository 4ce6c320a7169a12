import type { ErrorDetails } from '@/lib/domain/error'

/**
 * Values for a message whose facts may be missing: every argument that the message names and the
 * details lack becomes `unknown`, the word its `select` branches test for. A missing value would
 * otherwise throw in the formatter.
 */
export function toMessageValues({
  message,
  details,
}: {
  /** The message as it is written, by `t.raw(key)`. */
  message: string
  details: ErrorDetails
}): ErrorDetails {
  const named = [...message.matchAll(/\{(\w+)\s*[,}]/g)].map(([, name = '']) => [name, 'unknown'])
  return { ...Object.fromEntries(named), ...details }
}
