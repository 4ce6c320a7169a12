import type { BadRow, BadRowReason, BatchRow } from '@/lib/domain/batch'
import type { ErrorDetails } from '@/lib/domain/error'

/** What one line or record gives, before it is numbered among those that can be asked. */
export type ParsedRow = { row: Omit<BatchRow, 'index'> } | { bad: BadRow }

export function toBad(bad: {
  line: number
  reason: BadRowReason
  details?: ErrorDetails | undefined
}): ParsedRow {
  const { line, reason, details } = bad
  return { bad: { line, reason, ...(details === undefined ? {} : { details }) } }
}
