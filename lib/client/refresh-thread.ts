import type { ChatMessage } from '@/lib/domain/message'
import { joinReply } from './join-reply'
import { keepEarlier, loadBranch } from './load-branch'
import { selectIsFree, selectLastStoredId } from './thread-state'
import type { ThreadContext } from './watch-run'

/** Takes what the server holds, unless something is under way here; joins what is being written there. */
export async function refreshThread(context: ThreadContext): Promise<void> {
  const { get, set } = context
  if (get().live?.connection === 'lost') return joinReply(context)
  if (!selectIsFree(get()) || get().messages.length === 0) return
  const throughId = selectLastStoredId(get())
  const branch = await loadBranch(context, { throughId }).catch(() => undefined)
  if (branch === undefined || !selectIsFree(get())) return
  if (throughId !== selectLastStoredId(get())) return
  const { messages, siblings, hasEarlier, thread } = keepEarlier(get(), branch)
  const { sampling = {}, title } = thread
  if (isSameBranch(messages, get().messages)) return set(() => ({ siblings, sampling, title }))
  set(() => ({ messages, siblings, hasEarlier, sampling, title }))
  await joinReply(context)
}

function isSameBranch(a: ChatMessage[], b: ChatMessage[]): boolean {
  const print = (message: ChatMessage) =>
    message.role === 'user'
      ? message.id
      : [message.id, message.status, message.isTrimEnd === true, message.text].join()
  return a.length === b.length && a.map(print).join() === b.map(print).join()
}
