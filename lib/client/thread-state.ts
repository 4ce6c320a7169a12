import type { PublicError } from '@/lib/domain/error'
import type { ChatMessage, Question, Reply, ReplyStatus } from '@/lib/domain/message'
import type { Sampling } from '@/lib/domain/sampling'
import type { ReplyProgress } from '@/lib/domain/stream-chunk'
import { toThreadTitle } from '@/lib/domain/to-thread-title'

/** The server names a reply when it has taken the question. */
const PENDING = 'pending-'

/** The answer that is being written now, as this page sees it. */
export type LiveReply = {
  runId: string
  connection: 'sending' | 'open' | 'rejoining' | 'lost'
  progress: ReplyProgress
  /** When it was asked for, on the page's monotonic clock; undefined where this page only joined. */
  startedAtMs: number | undefined
  /** Characters of reasoning and text that stood there before this run: a continued answer. */
  begunLength: number
  isStopping: boolean
  stopError: PublicError | undefined
}

/** A turn whose POST met no answer. It may have arrived: it is sent again with the same ids only. */
export type UnsentTurn = {
  questionId: string
  runId: string
  error: PublicError
  /** False for a second answer to a stored question. */
  canRecall: boolean
  /** The reply that the answer was to go on from. */
  continuesId: string | undefined
}

export type ThreadState = {
  threadId: string
  /** One branch, oldest first. */
  messages: ChatMessage[]
  /** See ThreadBranch; the stored answers beside one that is not stored yet stand under `toAnswersKey`. */
  siblings: Record<string, string[]>
  /** The answer that the reader went over to; the address names it. Undefined: the newest branch. */
  chosenId: string | undefined
  /** Why the reader could not go over to another answer. */
  switchFault: { questionId: string; error: PublicError } | undefined
  live: LiveReply | undefined
  unsent: UnsentTurn | undefined
  /** Why the last question came back to the message box: it was not sent and not saved. */
  refusal: PublicError | undefined
  /** How the last answer that this page watched ended. */
  lastEnd: { runId: string; status: ReplyStatus } | undefined
  /** What the next runs are sampled with: only what is set. */
  sampling: Sampling
  draft: string
  /** The draft goes out by itself when the engine is ready. */
  isArmed: boolean
}

export function buildThreadState(options: {
  threadId: string
  messages?: ChatMessage[] | undefined
  siblings?: Record<string, string[]> | undefined
  chosenId?: string | undefined
  sampling?: Sampling | undefined
  draft?: string
}): ThreadState {
  return {
    threadId: options.threadId,
    messages: options.messages ?? [],
    siblings: options.siblings ?? {},
    chosenId: options.chosenId,
    switchFault: undefined,
    live: undefined,
    unsent: undefined,
    refusal: undefined,
    lastEnd: undefined,
    sampling: options.sampling ?? {},
    draft: options.draft ?? '',
    isArmed: false,
  }
}

export function buildPendingReply(options: {
  question: Question
  runId: string
  /** What it goes on from. */
  begun?: Reply | undefined
  createdAtMs: number
}): Reply {
  const { begun } = options
  return {
    id: `${PENDING}${options.runId}`,
    threadId: options.question.threadId,
    parentId: options.question.id,
    role: 'assistant',
    runId: options.runId,
    text: begun?.text ?? '',
    reasoning: begun?.reasoning ?? '',
    ...(begun === undefined ? {} : { continuesId: begun.id }),
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

/** As the server names the thread. */
export function selectTitle({ messages }: ThreadState): string | undefined {
  const first = messages.find(({ role }) => role === 'user')
  return first === undefined ? undefined : toThreadTitle(first.text)
}

/** The answers to a reply's question, itself among them; one that is not stored yet is the last. */
export function toAnswerIds(reply: Reply, ids: readonly string[] = []): readonly string[] {
  return ids.includes(reply.id) ? ids : [...ids, reply.id]
}

export function toAnswersKey(questionId: string): string {
  return `answers-${questionId}`
}

/** The newest stored answer of the branch. */
export function selectLastReplyId({ messages }: ThreadState): string | undefined {
  const isStored = ({ role, id }: ChatMessage) => role === 'assistant' && !id.startsWith(PENDING)
  return messages.findLast(isStored)?.id
}

/** The answer that the branch's last trim ends with. */
export function selectTrimId({ messages }: ThreadState): string | undefined {
  return messages.findLast((message) => message.role === 'assistant' && message.isTrimEnd)?.id
}

export function toReplyLength({ reasoning, text }: Reply): number {
  return reasoning.length + text.length
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
