import { type ErrorCode, toPublicError } from '@/lib/domain/error'
import type { Question, Reply } from '@/lib/domain/message'
import { settleLostRun } from './join-reply'
import { stopAcceptedRun } from './stop-reply'
import {
  buildPendingReply,
  selectIsFree,
  selectParentId,
  selectQuestion,
  selectReply,
  type ThreadState,
} from './thread-state'
import { type ThreadContext, watchRun } from './watch-run'

type Turn = {
  question: Question
  runId: string
  /** The earlier answer to the same question; it stands here again if this turn does not start. */
  replaced?: Reply | undefined
  /** A refusal gives the text back to the message box: nobody has stored it. */
  canRefuse: boolean
  canRecall: boolean
}

/** With any other answer the server has said that it did not take the question. */
const UNCERTAIN_CODES: readonly ErrorCode[] = ['app_unreachable', 'internal']

export async function sendDraft(
  context: ThreadContext,
  { pressedAtMs }: { pressedAtMs: number },
): Promise<void> {
  const state = context.get()
  if (!selectIsFree(state) || state.draft.trim() === '') return
  const { question, runId } = buildTurn(context, state)
  context.recalled = undefined
  context.pressedAtMs.set(runId, pressedAtMs)
  context.set(({ messages }) => ({
    messages: [...messages, question],
    draft: '',
    isArmed: false,
  }))
  await ask(context, { question, runId, canRefuse: true, canRecall: true })
}

export async function retryReply(
  context: ThreadContext,
  options: { runId: string; pressedAtMs: number },
): Promise<void> {
  const state = context.get()
  const replaced = selectReply(state, options.runId)
  const question = replaced && selectQuestion(state, replaced.parentId)
  if (!selectIsFree(state) || question === undefined) return
  const runId = context.createId()
  context.pressedAtMs.set(runId, options.pressedAtMs)
  await ask(context, { question, runId, replaced, canRefuse: false, canRecall: false })
}

export async function resendTurn(context: ThreadContext): Promise<void> {
  const { unsent, messages } = context.get()
  const question = unsent && selectQuestion(context.get(), unsent.questionId)
  if (unsent === undefined || question === undefined) return
  const { runId, canRecall } = unsent
  const replaced = messages.find(
    (message): message is Reply => message.role === 'assistant' && message.parentId === question.id,
  )
  await ask(context, { question, runId, replaced, canRefuse: false, canRecall })
}

export function recallQuestion(context: ThreadContext): void {
  const { unsent } = context.get()
  const question = unsent?.canRecall && selectQuestion(context.get(), unsent.questionId)
  if (!unsent || !question) return
  context.recalled = { question, runId: unsent.runId }
  context.set((state) => ({ unsent: undefined, ...takeBack(state, question) }))
}

function buildTurn(context: ThreadContext, state: ThreadState) {
  const { recalled } = context
  const parentId = selectParentId(state)
  if (recalled?.question.text === state.draft && recalled.question.parentId === parentId) {
    return recalled
  }
  const question: Question = {
    id: context.createId(),
    threadId: state.threadId,
    parentId,
    role: 'user',
    text: state.draft,
    createdAtMs: context.wallClockMs(),
  }
  return { question, runId: context.createId() }
}

async function ask(context: ThreadContext, turn: Turn): Promise<void> {
  const { question, runId, replaced } = turn
  const { id, threadId, parentId, text } = question
  const reply = buildPendingReply({ question, runId, createdAtMs: context.wallClockMs() })
  context.following = new AbortController()
  context.set(({ messages }) => ({
    messages: [...messages.filter((message) => message !== replaced), reply],
    unsent: undefined,
    refusal: undefined,
  }))
  let isAccepted = false
  const error = await watchRun(context, {
    runId,
    startedAtMs: context.pressedAtMs.get(runId),
    position: 0,
    signal: context.following.signal,
    open: (signal) =>
      context.api.startChat({
        request: { threadId, parentId, runId, message: { id, text } },
        signal,
      }),
    onOpen: () => {
      if (!isAccepted) stopAcceptedRun(context, runId)
      isAccepted = true
    },
  })
  if (error === undefined) return
  if (isAccepted) return settleLostRun(context, runId)
  context.set((state) => {
    const messages = state.messages.filter((message) => message.id !== reply.id)
    const publicError = toPublicError(error)
    if (turn.canRefuse && !UNCERTAIN_CODES.includes(error.code)) {
      const back = takeBack({ ...state, messages }, question)
      return { ...back, live: undefined, refusal: publicError }
    }
    return {
      messages: replaced === undefined ? messages : [...messages, replaced],
      live: undefined,
      unsent: { questionId: id, runId, error: publicError, canRecall: turn.canRecall },
    }
  })
}

function takeBack(state: ThreadState, question: Question): Partial<ThreadState> {
  return {
    messages: state.messages.filter(({ id }) => id !== question.id),
    draft: state.draft === '' ? question.text : `${question.text}\n\n${state.draft}`,
  }
}
