import { isAppError, toPublicError } from '@/lib/domain/error'
import { sendEdit } from './send-turn'
import { cutAfter, selectIsFree, toSiblingIds } from './thread-state'
import type { ThreadContext } from './watch-run'

export function beginEdit({ get, set }: ThreadContext, messageId: string): void {
  const message = get().messages.find(({ id }) => id === messageId)
  if (message === undefined || get().edit?.isSaving === true) return
  set(() => ({ edit: { messageId, text: message.text, isSaving: false, error: undefined } }))
}

export function cancelEdit({ get, set }: ThreadContext): void {
  if (get().edit?.isSaving !== true) set(() => ({ edit: undefined }))
}

export function setEditText({ set }: ThreadContext, text: string): void {
  set(({ edit }) => (edit === undefined ? {} : { edit: { ...edit, text } }))
}

/** A changed question is asked; a changed answer is stored. Both stand beside what they were made from. */
export async function submitEdit(
  context: ThreadContext,
  { pressedAtMs }: { pressedAtMs: number },
): Promise<void> {
  const { edit, messages } = context.get()
  const message = messages.find(({ id }) => id === edit?.messageId)
  if (edit === undefined || message === undefined || edit.isSaving) return
  if (!selectIsFree(context.get()) || edit.text.trim() === '') return
  if (edit.text === message.text) return cancelEdit(context)
  const { messageId, text } = edit
  if (message.role === 'user') return sendEdit(context, { messageId, text, pressedAtMs })
  await saveReplyEdit(context, { messageId, text })
}

async function saveReplyEdit(
  context: ThreadContext,
  { messageId, text }: { messageId: string; text: string },
): Promise<void> {
  const { get, set, api } = context
  set(({ edit }) => (edit === undefined ? {} : { edit: { ...edit, isSaving: true } }))
  const id = context.pendingIds.get(`${messageId} ${text}`) ?? context.createId()
  // Sent once more, it is the same change.
  context.pendingIds.set(`${messageId} ${text}`, id)
  try {
    const reply = await api.editReply({ messageId, id, text })
    context.pendingIds.clear()
    const edited = get().messages.find((message) => message.id === messageId)
    if (edited === undefined) return set(() => ({ edit: undefined }))
    set(({ messages, siblings }) => ({
      messages: [...cutAfter(messages, reply.parentId), reply],
      siblings: { ...siblings, [reply.id]: [...toSiblingIds(edited, siblings), reply.id] },
      chosenId: undefined,
      edit: undefined,
    }))
  } catch (error) {
    if (!isAppError(error)) throw error
    const fault = toPublicError(error)
    set(({ edit }) =>
      edit === undefined ? {} : { edit: { ...edit, isSaving: false, error: fault } },
    )
  }
}
