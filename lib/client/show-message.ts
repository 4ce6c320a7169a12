import { isAppError, toPublicError } from '@/lib/domain/error'
import { joinReply } from './join-reply'
import { loadBranch } from './load-branch'
import { selectIsFree } from './thread-state'
import type { ThreadContext } from './watch-run'

/**
 * Goes over to the branch through another message that stands beside a shown one. Of several wishes
 * in a row, the last is carried out; none while an answer is being written here.
 */
export async function showMessage(
  context: ThreadContext,
  { messageId, siblingId }: { messageId: string; siblingId: string },
): Promise<void> {
  const { get, set } = context
  if (!selectIsFree(get())) return
  const wish = {}
  context.switching = wish
  const isCurrent = () => context.switching === wish && selectIsFree(get())
  set(() => ({ messageFault: undefined }))
  try {
    const branch = await loadBranch(context, { throughId: siblingId, shownId: siblingId })
    if (!isCurrent()) return
    const at = get().messages.findIndex(({ id }) => id === messageId)
    const start = branch.messages.findIndex(({ id }) => id === siblingId)
    // What stands above is the same for both.
    const above = at < 0 || start < 0 ? undefined : get().messages.slice(0, at)
    set(({ hasEarlier }) => ({
      ...branch,
      ...(above && { messages: [...above, ...branch.messages.slice(start)], hasEarlier }),
      chosenId: siblingId,
      edit: undefined,
    }))
  } catch (error) {
    if (!isAppError(error)) throw error
    const messageFault = { kind: 'switch', messageId, error: toPublicError(error) } as const
    if (isCurrent()) set(() => ({ messageFault }))
    return
  }
  await joinReply(context)
}
