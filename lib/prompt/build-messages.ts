import type { ChatMessage } from '@/lib/domain/message'
import { selectSent } from '@/lib/domain/select-sent'

/** One entry of a prompt, as it goes to the engine. */
export type PromptMessage = { role: 'system' | 'user' | 'assistant'; content: string }

/**
 * The one place where a prompt is built: the fixed system prompt, then the branch from its root, or
 * from where a trim ends, to the newest question, text byte for byte as it was sent and received. The
 * messages of one turn are therefore a prefix of the next turn's, which is what the engine's prefix
 * cache lives on; a trim breaks it once. A reply
 * without text keeps its place: roles alternate and the prefix holds.
 */
export function buildMessages({
  systemPrompt,
  history,
}: {
  systemPrompt: string
  history: readonly ChatMessage[]
}): PromptMessage[] {
  return [
    { role: 'system', content: systemPrompt },
    ...selectSent(history).map(({ role, text }): PromptMessage => ({ role, content: text })),
  ]
}

/** The prompt of the one request that puts the system prompt's blocks into a new engine's cache. */
export function buildWarmUpMessages(systemPrompt: string): PromptMessage[] {
  return [
    { role: 'system', content: systemPrompt },
    { role: 'user', content: 'Hello' },
  ]
}

/**
 * The prompt of one row of a batch: the system prompt first, as in a chat, so that all rows share its
 * prefix. Messages that bring their own, or are to be sent as they are, stay as they are; an empty
 * system prompt is none.
 */
export function buildRowMessages({
  systemPrompt,
  row,
}: {
  systemPrompt: string
  row: { messages: readonly PromptMessage[]; isVerbatim?: true }
}): PromptMessage[] {
  const { messages, isVerbatim } = row
  const isWhole = isVerbatim === true || systemPrompt === '' || messages[0]?.role === 'system'
  return isWhole ? [...messages] : [{ role: 'system', content: systemPrompt }, ...messages]
}
