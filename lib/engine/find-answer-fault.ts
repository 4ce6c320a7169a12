import type { AppError } from '@/lib/domain/error'
import { toStreamErrorEvent } from './engine-error'

/** The error that some gateways put into the body of a 200; `undefined` where there is none. */
export function findAnswerFault(answer: unknown, apiKey?: string): AppError | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined
  const isNamed = 'error' in answer && answer.error !== null && answer.error !== undefined
  const isFlat = 'object' in answer && answer.object === 'error'
  return isNamed || isFlat ? toStreamErrorEvent(answer, apiKey) : undefined
}
