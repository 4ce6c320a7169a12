import { isAppError, type PublicError, toPublicError } from '@/lib/domain/error'
import type { Sampling } from '@/lib/domain/sampling'
import type { ThreadContext } from './watch-run'

/**
 * What the thread's next runs are sampled with. A thread that has not begun has no place in the
 * server yet: its first question brings them.
 * @returns why nothing was changed; undefined when it was
 */
export async function changeSampling(
  { get, set, api }: Pick<ThreadContext, 'get' | 'set' | 'api'>,
  sampling: Sampling,
): Promise<PublicError | undefined> {
  const { threadId, messages, live } = get()
  try {
    if (messages.length > 0) await api.saveSampling({ threadId, sampling })
  } catch (error) {
    if (!isAppError(error)) throw error
    // The first question was never stored: it is sent again with these. One on its way has them not.
    const isKept = error.code === 'thread_not_found' && live === undefined
    if (!isKept) return toPublicError(error)
  }
  set(() => ({ sampling }))
  return undefined
}
