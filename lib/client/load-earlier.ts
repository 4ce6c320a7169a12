import { isAppError, toPublicError } from '@/lib/domain/error'
import { loadBranch } from './load-branch'
import { selectIsFree, selectLastStoredId } from './thread-state'
import type { ThreadContext } from './watch-run'

const EARLIER_PAGE = 50

/** Puts the page above what is loaded before it. */
export async function loadEarlier(context: ThreadContext): Promise<void> {
  const { get, set, api } = context
  const [first] = get().messages
  if (!get().hasEarlier || get().earlier === 'loading' || first === undefined) return
  set(() => ({ earlier: 'loading' }))
  try {
    const { threadId } = get()
    const throughId = selectLastStoredId(get())
    const options = { threadId, throughId, beforeId: first.id, limit: EARLIER_PAGE }
    const page = await api.loadThread(options)
    set((state) => {
      // The reader went over to another branch meanwhile.
      if (state.messages[0] !== first) return { earlier: 'idle' }
      return {
        messages: [...page.messages, ...state.messages],
        siblings: { ...page.siblings, ...state.siblings },
        hasEarlier: page.hasEarlier === true && page.messages.length > 0,
        earlier: 'idle',
      }
    })
  } catch (error) {
    if (!isAppError(error)) throw error
    set(() => ({ earlier: toPublicError(error) }))
  }
}

/**
 * Has a message among the shown ones, on the branch through it.
 * @returns whether it is there
 */
export async function reachMessage(context: ThreadContext, messageId: string): Promise<boolean> {
  const { get, set } = context
  const isLoaded = () => get().messages.some(({ id }) => id === messageId)
  if (!isLoaded()) {
    const branch = await loadBranch(context, { throughId: messageId, shownId: messageId }).catch(
      () => undefined,
    )
    if (branch !== undefined && selectIsFree(get())) {
      const { messages, siblings, hasEarlier } = branch
      set(() => ({ messages, siblings, hasEarlier, chosenId: messageId }))
    }
  }
  if (isLoaded()) set(() => ({ reachedId: messageId }))
  return isLoaded()
}
