import { type ErrorCode, toPublicError } from '@/lib/domain/error'
import { isContinuable } from '@/lib/domain/is-continuable'
import type { Question, Reply } from '@/lib/domain/message'
import { isSamplingEmpty } from '@/lib/domain/sampling'
import type { ChatRequest } from '@/lib/domain/stream-chunk'
import { settleLostRun } from './join-reply'
import { putBefore } from './reuse-question'
import { stopAcceptedRun } from './stop-reply'
import {
  buildPendingReply,
  selectIsFree,
  selectParentId,
  selectQuestion,
  selectReply,
  type ThreadState,
  toAnswerIds,
  toAnswersKey,
  toReplyLength,
} from './thread-state'
import { type ThreadContext, watchRun } from './watch-run'

type Turn = {
  question: Question
  runId: string
  /** The earlier answer to the same question; it stands here again if this turn does not start. */
  replaced?: Reply | undefined
  /** The new answer goes on from that one. */
  isContinuation?: boolean
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
  context.asked.set(runId, { pressedAtMs, begunLength: 0 })
  context.set(({ messages }) => ({
    messages: [...messages, question],
    draft: '',
    isArmed: false,
    chosenId: undefined,
  }))
  await ask(context, { question, runId, canRefuse: true, canRecall: true })
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
  const turn = { question, runId, replaced, isContinuation }
  await ask(context, { ...turn, canRefuse: false, canRecall: false })
}

export async function resendTurn(context: ThreadContext): Promise<void> {
  const { unsent, messages } = context.get()
  const question = unsent && selectQuestion(context.get(), unsent.questionId)
  if (unsent === undefined || question === undefined) return
  const { runId, canRecall, continuesId } = unsent
  const replaced = messages.find(
    (message): message is Reply => message.role === 'assistant' && message.parentId === question.id,
  )
  const isContinuation = continuesId !== undefined
  if (isContinuation && replaced?.id !== continuesId) return
  await ask(context, { question, runId, replaced, isContinuation, canRefuse: false, canRecall })
}

/** The earlier answer stands as it was; should the new one have begun all the same, it is beside it. */
export function dropUnsent(context: ThreadContext): void {
  if (context.get().unsent?.canRecall === false) context.set(() => ({ unsent: undefined }))
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
  const begun = turn.isContinuation === true ? replaced : undefined
  const reply = buildPendingReply({ question, runId, begun, createdAtMs: context.wallClockMs() })
  context.following = new AbortController()
  context.switching = undefined
  context.set(({ messages, siblings }) => ({
    messages: [...messages.filter((message) => message !== replaced), reply],
    siblings: replaced === undefined ? siblings : withAnswer(siblings, replaced),
    chosenId: undefined,
    switchFault: undefined,
    unsent: undefined,
    refusal: undefined,
  }))
  let isAccepted = false
  const error = await watchRun(context, {
    runId,
    startedAtMs: context.asked.get(runId)?.pressedAtMs,
    position: toReplyLength(reply),
    begunLength: toReplyLength(reply),
    signal: context.following.signal,
    open: (signal) =>
      context.api.startChat({
        request: {
          ...{ threadId, parentId, runId, message: { id, text } },
          ...(begun === undefined ? {} : { continues: begun.id }),
          ...toFirstSampling({ parentId, sampling: context.get().sampling }),
        },
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
      unsent: {
        ...{ questionId: id, runId, error: publicError, canRecall: turn.canRecall },
        continuesId: begun?.id,
      },
    }
  })
}

/** Later questions find them in the server. */
function toFirstSampling({
  parentId,
  sampling,
}: Pick<Question, 'parentId'> & Pick<ThreadState, 'sampling'>): Pick<ChatRequest, 'sampling'> {
  return parentId !== null || isSamplingEmpty(sampling) ? {} : { sampling }
}

function withAnswer(siblings: ThreadState['siblings'], reply: Reply): ThreadState['siblings'] {
  const key = toAnswersKey(reply.parentId)
  const known = siblings[reply.id] ?? siblings[key]
  return { ...siblings, [key]: [...toAnswerIds(reply, known)] }
}

function takeBack(state: ThreadState, question: Question): Partial<ThreadState> {
  return {
    messages: state.messages.filter(({ id }) => id !== question.id),
    draft: putBefore(state.draft, question.text),
  }
}
