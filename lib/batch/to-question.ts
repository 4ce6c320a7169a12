import type { BadRowReason, BatchReading } from '@/lib/domain/batch'
import type { ErrorDetails } from '@/lib/domain/error'
import { parseTemplate } from './fill-template'

/** Names under which people keep a question, tried where none is chosen. */
const KNOWN_COLUMNS = ['prompt', 'question', 'input', 'text', 'query', 'instruction']

/** The column that holds the question; undefined only where there is none at all. */
export function chooseColumn({
  columns,
  chosen,
}: {
  columns: readonly string[]
  chosen?: string | undefined
}): string | undefined {
  if (chosen !== undefined) return columns.find((column) => column === chosen)
  const known = KNOWN_COLUMNS.map((name) =>
    columns.find((column) => column.trim().toLowerCase() === name),
  )
  return known.find((column) => column !== undefined) ?? columns[0]
}

export type AskedQuestion =
  | { prompt: string; usedColumns: readonly string[] }
  | { reason: BadRowReason; details?: ErrorDetails }

/** The question of one record, by its column or by the template. */
export function toQuestion({
  record,
  reading,
}: {
  record: Readonly<Record<string, unknown>>
  reading: BatchReading
}): AskedQuestion {
  const columns = Object.keys(record)
  if (reading.template !== undefined) {
    const template = parseTemplate(reading.template)
    const missing = template.columns.find((column) => !Object.hasOwn(record, column))
    if (missing !== undefined) return { reason: 'no-such-column', details: { column: missing } }
    const prompt = template.fill((column) => toText(record[column]))
    return prompt.trim() === '' ? { reason: 'empty' } : { prompt, usedColumns: [] }
  }
  const column = chooseColumn({ columns, chosen: reading.column })
  if (column === undefined) {
    return { reason: 'no-such-column', details: { column: reading.column ?? 'prompt' } }
  }
  const value = record[column]
  if (typeof value !== 'string') return { reason: 'not-text', details: { column } }
  return value.trim() === '' ? { reason: 'empty' } : { prompt: value, usedColumns: [column] }
}

/** A value as it stands in a text: objects as JSON, nothing as nothing. */
export function toText(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** What of a record is passed through: all but the question itself. */
export function toFields({
  record,
  usedColumns,
}: {
  record: Readonly<Record<string, unknown>>
  usedColumns: readonly string[]
}): { fields?: Record<string, unknown> } {
  const entries = Object.entries(record).filter(([column]) => !usedColumns.includes(column))
  return entries.length === 0 ? {} : { fields: Object.fromEntries(entries) }
}
