import type { PublicError } from '@/lib/domain/error'
import type { ChatMessage, Question, Reply, ReplyStatus } from '@/lib/domain/message'
import type { ReplyProgress } from '@/lib/domain/stream-chunk'

/** The answer that is being written now, as this page sees it. */
export type LiveReply = {
  runId: string
  connection: 'sending' | 'open' | 'rejoining' | 'lost'
  progress: ReplyProgress
  /** When it was asked for, on the page's monotonic clock; undefined where this page only joined. */
  startedAtMs: number | undefined
  isStopping: boolean
  stopError: PublicError | undefined
}

/** A turn whose POST met no answer. It may have arrived: it is sent again with the same ids only. */
export type UnsentTurn = {
  questionId: string
  runId: string
  error: PublicError
  /** False for a retry of a stored question. */
  canRecall: boolean
}

export type ThreadState = {
  threadId: string
  /** One branch, oldest first. */
  messages: ChatMessage[]
  live: LiveReply | undefined
  unsent: UnsentTurn | undefined
  /** Why the last question came back to the message box: it was not sent and not saved. */
  refusal: PublicError | undefined
  /** How the last answer that this page watched ended. */
  lastEnd: { runId: string; status: ReplyStatus } | undefined
  draft: string
  /** The draft goes out by itself when the engine is ready. */
  isArmed: boolean
}

export function buildThreadState(options: {
  threadId: string
  messages?: ChatMessage[]
  draft?: string
}): ThreadState {
  return {
    threadId: options.threadId,
    messages: options.messages ?? [],
    live: undefined,
    unsent: undefined,
    refusal: undefined,
    lastEnd: undefined,
    draft: options.draft ?? '',
    isArmed: false,
  }
}

export function buildPendingReply(options: {
  question: Question
  runId: string
  createdAtMs: number
}): Reply {
  return {
    id: `pending-${options.runId}`,
    threadId: options.question.threadId,
    parentId: options.question.id,
    role: 'assistant',
    runId: options.runId,
    text: '',
    reasoning: '',
    status: 'streaming',
    createdAtMs: options.createdAtMs,
  }
}

export function selectReply(state: ThreadState, runId: string): Reply | undefined {
  return state.messages.find(
    (message): message is Reply => message.role === 'assistant' && message.runId === runId,
  )
}

export function selectQuestion(state: ThreadState, questionId: string): Question | undefined {
  return state.messages.find(
    (message): message is Question => message.role === 'user' && message.id === questionId,
  )
}

/** The first line of the first question, as the server names the thread. */
export function selectTitle({ messages }: ThreadState): string | undefined {
  return messages
    .find(({ role }) => role === 'user')
    ?.text.trim()
    .split('\n', 1)[0]
}

/** Where the next question goes on: the last answer of the branch. */
export function selectParentId(state: ThreadState): string | null {
  return state.messages.at(-1)?.id ?? null
}

/** A question can be written on now; whether the engine takes it is the gate's to say. */
export function selectIsFree(state: ThreadState): boolean {
  return state.live === undefined && state.unsent === undefined
}

export function replaceReply(messages: ChatMessage[], reply: Reply): ChatMessage[] {
  return messages.map((message) =>
    message.role === 'assistant' && message.runId === reply.runId ? reply : message,
  )
}
