import type { BatchReading } from '@/lib/domain/batch'
import { parseMessages } from './parse-messages'
import { type ParsedRow, toBad } from './parsed-row'
import { toFields, toQuestion } from './to-question'

type Line = { line: number; text: string }

/** A text, an object with the question under a key, or an object with `messages`. */
export function parseJsonRow({ line, text, reading }: Line & { reading: BatchReading }): ParsedRow {
  const value = parseJson(text)
  if (value === undefined) return toBad({ line, reason: 'not-json' })
  if (typeof value === 'string') {
    if (value.trim() === '') return toBad({ line, reason: 'empty' })
    return { row: { line, messages: [{ role: 'user', content: value }] } }
  }
  if (!isRecord(value)) return toBad({ line, reason: 'not-an-object' })
  const { custom_id: customId } = value
  const id = typeof customId === 'string' ? { customId } : {}
  const isAsked = reading.template !== undefined || reading.column !== undefined
  if (!isAsked && value.messages !== undefined) {
    const messages = parseMessages(value.messages)
    if ('reason' in messages) return toBad({ line, ...messages })
    const passed = toFields({ record: value, usedColumns: ['messages', 'custom_id'] })
    return { row: { line, ...id, ...passed, messages: messages.messages } }
  }
  const question = toQuestion({ record: value, reading })
  if ('reason' in question) return toBad({ line, ...question })
  const usedColumns = [...question.usedColumns, 'custom_id']
  const passed = toFields({ record: value, usedColumns })
  return { row: { line, ...id, ...passed, messages: [{ role: 'user', content: question.prompt }] } }
}

/** `undefined` is no JSON value: what cannot be read. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
