import type { Reply } from './message'

/** No reply is longer, in UTF-16 units of reasoning and text: an engine that never ends is ended here. */
export const MAX_REPLY_LENGTH = 4 * 1024 * 1024

/** The reply was cut, and there is a text to go on from. */
export function isContinuable(
  reply: Pick<Reply, 'text' | 'reasoning' | 'status' | 'finishReason'>,
): boolean {
  const { text, reasoning, status, finishReason } = reply
  if (text === '' || text.length + reasoning.length >= MAX_REPLY_LENGTH) return false
  if (status === 'complete') return finishReason === 'length'
  return status !== 'streaming'
}
