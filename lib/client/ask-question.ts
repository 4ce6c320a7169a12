import { type AppError, type ErrorCode, toPublicError } from '@/lib/domain/error'
import type { ChatMessage, Question, Reply } from '@/lib/domain/message'
import { isSamplingEmpty } from '@/lib/domain/sampling'
import type { ChatRequest } from '@/lib/domain/stream-chunk'
import { settleLostRun } from './join-reply'
import { stopAcceptedRun } from './stop-reply'
import { takeQuestionBack } from './take-question-back'
import { buildPendingReply, type ThreadState, toReplyLength } from './thread-state'
import { type ThreadContext, watchRun } from './watch-run'

/** One question on its way, or one more answer to a stored one. */
export type Turn = {
  question: Question
  runId: string
  /** The branch as it was: it stands here again if this turn does not start. */
  before: ChatMessage[]
  /** The branch from now on; the question is its last. */
  shown: ChatMessage[]
  /** The ids of the answers that the question has. */
  answerIds?: readonly string[] | undefined
  /** The cut answer that the new one goes on from. */
  begun?: Reply | undefined
  /** The question whose text was changed to this one. */
  editedId?: string | undefined
  /** A refusal gives the text back: nobody has stored it. */
  canRefuse: boolean
  canRecall: boolean
}

/** With any other answer the server has said that it did not take the question. */
const UNCERTAIN_CODES: readonly ErrorCode[] = ['app_unreachable', 'internal']

export async function askQuestion(context: ThreadContext, turn: Turn): Promise<void> {
  const { question, runId, begun } = turn
  const reply = buildPendingReply({ question, runId, begun, createdAtMs: context.wallClockMs() })
  const { following } = beginTurn(context, turn, reply)
  let isAccepted = false
  const error = await watchRun(context, {
    runId,
    startedAtMs: context.asked.get(runId)?.pressedAtMs,
    position: toReplyLength(reply),
    begunLength: toReplyLength(reply),
    signal: following.signal,
    open: (signal) => context.api.startChat({ request: toRequest(context, turn), signal }),
    onOpen: () => {
      if (!isAccepted) stopAcceptedRun(context, runId)
      isAccepted = true
    },
  })
  if (error === undefined) return
  if (isAccepted) return settleLostRun(context, runId)
  context.set((state) => giveUp({ state, turn, error }))
}

function beginTurn(context: ThreadContext, turn: Turn, reply: Reply): ThreadContext {
  const { answerIds } = turn
  context.following = new AbortController()
  context.switching = undefined
  context.set(({ siblings }) => ({
    messages: [...turn.shown, reply],
    siblings: answerIds === undefined ? siblings : { ...siblings, [reply.id]: [...answerIds] },
    chosenId: undefined,
    messageFault: undefined,
    edit: undefined,
    unsent: undefined,
    refusal: undefined,
  }))
  return context
}

function toRequest(context: ThreadContext, { question, runId, begun }: Turn): ChatRequest {
  const { id, threadId, parentId, text } = question
  const { sampling, isTemporary } = context.get()
  return {
    ...{ threadId, parentId, runId, message: { id, text } },
    ...(begun === undefined ? {} : { continues: begun.id }),
    // Later questions find them in the server.
    ...(parentId !== null || isSamplingEmpty(sampling) ? {} : { sampling }),
    ...(isTemporary ? { isTemporary } : {}),
  }
}

/** The turn did not start. */
function giveUp({
  state,
  turn,
  error,
}: {
  state: ThreadState
  turn: Turn
  error: AppError
}): Partial<ThreadState> {
  const { question, runId, before } = turn
  const publicError = toPublicError(error)
  if (turn.canRefuse && !UNCERTAIN_CODES.includes(error.code)) {
    const back = takeQuestionBack(state, { ...turn, error: publicError })
    return { live: undefined, ...back }
  }
  return {
    messages: turn.canRecall ? turn.shown : before,
    live: undefined,
    unsent: {
      ...{ questionId: question.id, runId, error: publicError, canRecall: turn.canRecall },
      ...{ continuesId: turn.begun?.id, before, editedId: turn.editedId },
    },
  }
}
