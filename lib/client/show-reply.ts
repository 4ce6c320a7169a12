import { isAppError, toPublicError } from '@/lib/domain/error'
import { joinReply } from './join-reply'
import { selectIsFree } from './thread-state'
import type { ThreadContext } from './watch-run'

/** Of several wishes in a row, the last is carried out; none while an answer is being written here. */
export async function showReply(
  context: ThreadContext,
  { questionId, replyId }: { questionId: string; replyId: string },
): Promise<void> {
  const { get, set, api } = context
  if (!selectIsFree(get())) return
  const wish = {}
  context.switching = wish
  const isCurrent = () => context.switching === wish && selectIsFree(get())
  set(() => ({ switchFault: undefined }))
  try {
    const loaded = await api.loadThread({ threadId: get().threadId, throughId: replyId })
    if (!isCurrent()) return
    const { messages, siblings } = loaded
    set(() => ({ messages, siblings, chosenId: replyId }))
  } catch (error) {
    if (!isAppError(error)) throw error
    if (isCurrent()) set(() => ({ switchFault: { questionId, error: toPublicError(error) } }))
    return
  }
  await joinReply(context)
}
