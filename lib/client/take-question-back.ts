import type { PublicError } from '@/lib/domain/error'
import type { ChatMessage, Question } from '@/lib/domain/message'
import type { ThreadState } from './thread-state'

/**
 * The branch as it was before a question that did not go out; its text goes back where it was written:
 * into the message box, or into the editor of the question that it was to stand beside.
 */
export function takeQuestionBack(
  state: ThreadState,
  taken: {
    question: Question
    before: ChatMessage[]
    editedId?: string | undefined
    error?: PublicError | undefined
  },
): Partial<ThreadState> {
  const { question, before: messages, editedId, error } = taken
  if (editedId === undefined) {
    return { messages, draft: putBefore(state.draft, question.text), refusal: error }
  }
  return { messages, edit: { messageId: editedId, text: question.text, isSaving: false, error } }
}

/** What was typed in the meantime is kept below it. */
export function putBefore(draft: string, text: string): string {
  return draft === '' ? text : `${text}\n\n${draft}`
}
