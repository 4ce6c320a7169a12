import type { BadRowReason, BatchMessage } from '@/lib/domain/batch'
import type { ErrorDetails } from '@/lib/domain/error'

export type ParsedMessages =
  | { messages: BatchMessage[] }
  | { reason: BadRowReason; details?: ErrorDetails }

const ROLES = ['system', 'user', 'assistant'] as const

/** Messages of text: one system message at most, at the head, and a question at the end. */
export function parseMessages(value: unknown): ParsedMessages {
  if (!Array.isArray(value) || value.length === 0) return { reason: 'bad-messages' }
  const messages: BatchMessage[] = []
  for (const [at, one] of value.entries()) {
    const message = parseMessage(one)
    if (message === undefined || (message.role === 'system' && at > 0)) {
      return { reason: 'bad-messages', details: { message: at + 1 } }
    }
    messages.push(message)
  }
  const last = messages.at(-1)
  if (last?.role !== 'user')
    return { reason: 'bad-messages', details: { message: messages.length } }
  return last.content.trim() === '' ? { reason: 'empty' } : { messages }
}

function parseMessage(value: unknown): BatchMessage | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { role: given, content } = Object.fromEntries(Object.entries(value))
  // OpenAI's newer name for the system's role.
  const role = given === 'developer' ? 'system' : ROLES.find((name) => name === given)
  const text = toText(content)
  return role === undefined || text === undefined ? undefined : { role, content: text }
}

/** A text, or parts that are all text. */
function toText(content: unknown): string | undefined {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return undefined
  const texts = content.map((part) =>
    typeof part === 'object' && part !== null && part.type === 'text' ? part.text : undefined,
  )
  return texts.every((text) => typeof text === 'string') ? texts.join('') : undefined
}
