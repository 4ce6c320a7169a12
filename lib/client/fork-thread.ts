import { isAppError, toPublicError } from '@/lib/domain/error'
import type { ThreadContext } from './watch-run'

/** @returns the id of the new thread; undefined when it was not to be had */
export async function forkThread(
  { get, set, api, createId, pendingIds }: ThreadContext,
  messageId: string,
): Promise<string | undefined> {
  const key = `fork ${messageId}`
  const id = pendingIds.get(key) ?? createId()
  // Asked for once more, it is the same thread.
  pendingIds.set(key, id)
  set(() => ({ messageFault: undefined }))
  try {
    const thread = await api.forkThread({ threadId: get().threadId, messageId, id })
    pendingIds.delete(key)
    return thread.id
  } catch (error) {
    if (!isAppError(error)) throw error
    set(() => ({ messageFault: { kind: 'fork', messageId, error: toPublicError(error) } }))
    return undefined
  }
}
