import type { ThreadBranch } from '@/lib/domain/message'
import type { ThreadState } from './thread-state'
import type { ThreadContext } from './watch-run'

/** As many as are shown at first. */
export const BRANCH_PAGE = 25
const LARGE_PAGE = 200

export type LoadedBranch = Pick<ThreadState, 'messages' | 'siblings' | 'hasEarlier'> &
  Pick<ThreadBranch, 'thread'>

/**
 * The end of the branch through a message, with as much above it as it takes to have `shownId` in it.
 * Rejects with an AppError.
 */
export async function loadBranch(
  { get, api }: Pick<ThreadContext, 'get' | 'api'>,
  { throughId, shownId }: { throughId: string | undefined; shownId?: string | undefined },
): Promise<LoadedBranch> {
  const { threadId } = get()
  const page = await api.loadThread({ threadId, throughId, limit: BRANCH_PAGE })
  let { messages, siblings, hasEarlier = false } = page
  while (hasEarlier && shownId !== undefined && !messages.some(({ id }) => id === shownId)) {
    const above = await api.loadThread({
      ...{ threadId, throughId, limit: LARGE_PAGE },
      beforeId: messages[0]?.id,
    })
    if (above.messages.length === 0) break
    messages = [...above.messages, ...messages]
    siblings = { ...above.siblings, ...siblings }
    hasEarlier = above.hasEarlier === true
  }
  return { thread: page.thread, messages, siblings, hasEarlier }
}

/** What is loaded already stays above the page that was loaded anew. */
export function keepEarlier(state: ThreadState, loaded: LoadedBranch): LoadedBranch {
  const firstId = loaded.messages[0]?.id
  const at = state.messages.findIndex(({ id }) => id === firstId)
  if (at < 0) return loaded
  const messages = [...state.messages.slice(0, at), ...loaded.messages]
  const siblings = { ...state.siblings, ...loaded.siblings }
  return { ...loaded, messages, siblings, hasEarlier: state.hasEarlier }
}
