import type { ErrorDetails, PublicError } from '@/lib/domain/error'

const MIB = 2 ** 20

/** All that an error's sentences may name. */
export function toErrorDetails({ details = {}, requestId }: PublicError): ErrorDetails {
  const { limitBytes } = details
  return {
    ...(requestId === undefined ? {} : { requestId }),
    ...(typeof limitBytes === 'number' ? { limitMib: Number((limitBytes / MIB).toFixed(2)) } : {}),
    ...details,
  }
}
