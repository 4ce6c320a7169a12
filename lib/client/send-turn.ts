import { isContinuable } from '@/lib/domain/is-continuable'
import type { Question, Reply } from '@/lib/domain/message'
import { toThreadTitle } from '@/lib/domain/to-thread-title'
import { askQuestion } from './ask-question'
import { forgetOutgoing } from './queue-memory'
import { takeQuestionBack } from './take-question-back'
import {
  cutAfter,
  selectIsFree,
  selectParentId,
  selectQuestion,
  selectReply,
  toReplyLength,
  toSiblingIds,
} from './thread-state'
import type { ThreadContext } from './watch-run'

export async function sendDraft(
  context: ThreadContext,
  { pressedAtMs }: { pressedAtMs: number },
): Promise<void> {
  const state = context.get()
  if (!selectIsFree(state) || state.draft.trim() === '') return
  const wanted = { parentId: selectParentId(state), text: state.draft }
  const { question, runId } = buildQuestion(context, wanted)
  context.set(() => ({ draft: '', isArmed: false }))
  await sendQuestion(context, { question, runId, pressedAtMs })
}

/** A question that nobody has stored, below the shown branch. */
export async function sendQuestion(
  context: ThreadContext,
  { question, runId, pressedAtMs }: { question: Question; runId: string; pressedAtMs: number },
): Promise<void> {
  const { messages: before } = context.get()
  context.recalled = undefined
  context.asked.set(runId, { pressedAtMs, begunLength: 0 })
  if (question.parentId === null) context.set(() => ({ title: toThreadTitle(question.text) }))
  const shown = [...before, question]
  await askQuestion(context, { question, runId, before, shown, canRefuse: true, canRecall: true })
}

/** A question with another text beside a stored one: a branch of its own. */
export async function sendEdit(
  context: ThreadContext,
  { messageId, text, pressedAtMs }: { messageId: string; text: string; pressedAtMs: number },
): Promise<void> {
  const state = context.get()
  const edited = selectQuestion(state, messageId)
  if (!selectIsFree(state) || edited === undefined || text.trim() === '') return
  const { parentId } = edited
  const { question, runId } = buildQuestion(context, { parentId, text })
  const before = state.messages
  const shown = [...before.slice(0, before.indexOf(edited)), question]
  context.recalled = undefined
  context.asked.set(runId, { pressedAtMs, begunLength: 0 })
  context.set(({ siblings }) => ({
    siblings: { ...siblings, [question.id]: [...toSiblingIds(edited, siblings), question.id] },
  }))
  const turn = { question, runId, before, shown, editedId: edited.id }
  await askQuestion(context, { ...turn, canRefuse: true, canRecall: true })
}

type Press = { runId: string; pressedAtMs: number }

export async function retryReply(context: ThreadContext, press: Press): Promise<void> {
  await askAgain(context, { ...press, isContinuation: false })
}

export async function continueReply(context: ThreadContext, press: Press): Promise<void> {
  await askAgain(context, { ...press, isContinuation: true })
}

async function askAgain(
  context: ThreadContext,
  { runId: replacedId, pressedAtMs, isContinuation }: Press & { isContinuation: boolean },
): Promise<void> {
  const state = context.get()
  const replaced = selectReply(state, replacedId)
  const question = replaced && selectQuestion(state, replaced.parentId)
  if (!selectIsFree(state) || replaced === undefined || question === undefined) return
  if (isContinuation && !isContinuable(replaced)) return
  const runId = context.createId()
  const begunLength = isContinuation ? toReplyLength(replaced) : 0
  context.asked.set(runId, { pressedAtMs, begunLength })
  await askQuestion(context, {
    ...toSecondAnswer(context, { question, replaced }),
    ...{ runId, begun: isContinuation ? replaced : undefined, canRefuse: false, canRecall: false },
  })
}

export async function resendTurn(context: ThreadContext): Promise<void> {
  const { unsent, messages } = context.get()
  const question = unsent && selectQuestion(context.get(), unsent.questionId)
  if (unsent === undefined || question === undefined) return
  const { runId, canRecall, continuesId, before, editedId } = unsent
  if (canRecall) {
    const turn = { question, runId, before, shown: messages, editedId }
    return askQuestion(context, { ...turn, canRefuse: false, canRecall })
  }
  const replaced = messages.find(
    (message): message is Reply => message.role === 'assistant' && message.parentId === question.id,
  )
  const begun = continuesId === undefined ? undefined : replaced
  if (replaced === undefined || begun?.id !== continuesId) return
  const second = toSecondAnswer(context, { question, replaced })
  await askQuestion(context, { ...second, runId, begun, canRefuse: false, canRecall })
}

/** The earlier answer stands as it was; should the new one have begun all the same, it is beside it. */
export function dropUnsent(context: ThreadContext): void {
  if (context.get().unsent?.canRecall === false) context.set(() => ({ unsent: undefined }))
}

export function recallQuestion(context: ThreadContext): void {
  const { unsent } = context.get()
  const question = unsent?.canRecall && selectQuestion(context.get(), unsent.questionId)
  if (!unsent || !question) return
  forgetOutgoing(context)
  context.recalled = { question, runId: unsent.runId }
  const { before, editedId } = unsent
  context.set((state) => ({
    unsent: undefined,
    ...takeQuestionBack(state, { question, before, editedId }),
  }))
}

function toSecondAnswer(
  context: ThreadContext,
  { question, replaced }: { question: Question; replaced: Reply },
) {
  const { messages: before, siblings } = context.get()
  const shown = cutAfter(before, question.id)
  return { question, before, shown, answerIds: toSiblingIds(replaced, siblings) }
}

function buildQuestion(
  context: ThreadContext,
  { parentId, text }: Pick<Question, 'parentId' | 'text'>,
): { question: Question; runId: string } {
  const { recalled } = context
  if (recalled?.question.text === text && recalled.question.parentId === parentId) return recalled
  const question: Question = {
    id: context.createId(),
    threadId: context.get().threadId,
    parentId,
    role: 'user',
    text,
    createdAtMs: context.wallClockMs(),
  }
  return { question, runId: context.createId() }
}
