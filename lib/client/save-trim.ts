import { isAppError, type PublicError, toPublicError } from '@/lib/domain/error'
import type { ThreadStore } from './create-thread-store'
import { fetchJson } from './fetch-json'

export type SaveTrim = (options: {
  store: ThreadStore
  replyId: string
  isTrimEnd: boolean
}) => Promise<PublicError | undefined>

/**
 * Leaves out of the next prompts what stands up to this reply, or sends it again.
 * @returns why nothing was changed; undefined when it was
 */
export const saveTrim: SaveTrim = async ({ store, replyId, isTrimEnd }) => {
  const { threadId } = store.getState()
  try {
    await fetchJson({
      path: `/api/threads/${threadId}/trim`,
      isAnswer: (answer): answer is object => 'replyId' in answer,
      signal: new AbortController().signal,
      body: { replyId, isTrimEnd },
    })
  } catch (error) {
    if (!isAppError(error)) throw error
    return toPublicError(error)
  }
  store.setState(({ messages }) => ({
    messages: messages.map((message) =>
      message.role === 'assistant' && message.id === replyId ? { ...message, isTrimEnd } : message,
    ),
  }))
  return undefined
}
