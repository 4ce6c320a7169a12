import type { ChatMessage } from './message'

/**
 * The part of a branch that goes to the engine: what follows the last answer that a trim ends with. The
 * newest question is always in it.
 */
export function selectSent<Message extends ChatMessage>(
  branch: readonly Message[],
): readonly Message[] {
  return branch.slice(findTrimEnd(branch) + 1)
}

/** The answer up to which a branch is left out of the prompt; undefined where all of it is sent. */
export function selectTrimmedToId(branch: readonly ChatMessage[]): string | undefined {
  return branch[findTrimEnd(branch)]?.id
}

/** A branch with the trim that a reply was sent with, in place of those of today. */
export function restoreTrim(options: {
  branch: readonly ChatMessage[]
  trimmedToId: string | undefined
}): ChatMessage[] {
  const { branch, trimmedToId } = options
  return branch.map((message) => {
    if (message.role === 'user') return message
    const { isTrimEnd: _, ...reply } = message
    return reply.id === trimmedToId ? { ...reply, isTrimEnd: true } : reply
  })
}

function findTrimEnd(branch: readonly ChatMessage[]): number {
  const newest = branch.findLastIndex(({ role }) => role === 'user')
  return branch.findLastIndex(
    (message, index) => index < newest && message.role === 'assistant' && message.isTrimEnd,
  )
}
