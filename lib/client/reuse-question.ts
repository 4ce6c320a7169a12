import { putBefore } from './take-question-back'
import { selectQuestion } from './thread-state'
import type { ThreadContext } from './watch-run'

export function reuseQuestion(context: ThreadContext, questionId: string): void {
  const question = selectQuestion(context.get(), questionId)
  if (question === undefined) return
  context.set(({ draft }) => ({ draft: putBefore(draft, question.text), isArmed: false }))
}
