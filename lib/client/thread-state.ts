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
  /** The branch as it was before. */
  before: ChatMessage[]
  /** The question whose text was changed to this one. */
  editedId: string | undefined
}

/** A follow-up that goes out when the present answer has ended; its ids are made once: it is never doubled. */
export type QueuedQuestion = { questionId: string; runId: string; text: string }

/** The message that is being changed here. */
export type MessageEdit = {
  messageId: string
  text: string
  isSaving: boolean
  /** Why it was not taken. */
  error: PublicError | undefined
}

export type ThreadState = {
  threadId: string
  /** As the server named it; undefined before it has. */
  title: string | undefined
  /** Never stored: it lives as long as this page and the server. */
  isTemporary: boolean
  /** The last of one branch, oldest first. */
  messages: ChatMessage[]
  /** The message that was looked for last: all from it on is to be seen. */
  reachedId: string | undefined
  /** More of the branch stands above, in the server. */
  hasEarlier: boolean
  /** What became of the wish to see it. */
  earlier: 'idle' | 'loading' | PublicError
  /** By the id of a message: all that were stored under its parent, oldest first; see ThreadBranch. */
  siblings: Record<string, string[]>
  /** The message that the reader went over to; the address names it. Undefined: the newest branch. */
  chosenId: string | undefined
  /** Why the reader could not go over to another message, or begin a thread from this one. */
  messageFault: { kind: 'switch' | 'fork'; messageId: string; error: PublicError } | undefined
  edit: MessageEdit | undefined
  queued: QueuedQuestion | undefined
  /** It has waited and is on its way: nobody has said yet that it is stored. */
  outgoing: QueuedQuestion | undefined
  /** Another tab or browser has deleted it. */
  isDeleted: boolean
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

type StartKey = 'title' | 'messages' | 'hasEarlier' | 'siblings' | 'chosenId' | 'sampling' | 'draft'

export type ThreadStart = { threadId: string } & {
  [Key in StartKey]?: ThreadState[Key] | undefined
}

export function buildThreadState(start: ThreadStart): ThreadState {
  return {
    threadId: start.threadId,
    title: start.title,
    isTemporary: false,
    messages: start.messages ?? [],
    reachedId: undefined,
    hasEarlier: start.hasEarlier ?? false,
    earlier: 'idle',
    siblings: start.siblings ?? {},
    chosenId: start.chosenId,
    messageFault: undefined,
    edit: undefined,
    queued: undefined,
    outgoing: undefined,
    isDeleted: false,
    live: undefined,
    unsent: undefined,
    refusal: undefined,
    lastEnd: undefined,
    sampling: start.sampling ?? {},
    draft: start.draft ?? '',
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
export function selectTitle({ messages, title }: ThreadState): string | undefined {
  if (title !== undefined && messages.length > 0) return title
  const first = messages.find(({ role }) => role === 'user')
  return first === undefined ? undefined : toThreadTitle(first.text)
}

/** A message and those beside it, itself among them; one that is not stored yet is the last. */
export function toSiblingIds(
  { id }: Pick<ChatMessage, 'id'>,
  siblings: ThreadState['siblings'],
): readonly string[] {
  const ids = siblings[id] ?? []
  return ids.includes(id) ? ids : [...ids, id]
}

/** The branch down to this message; all of it where the message is not shown. */
export function cutAfter(messages: ChatMessage[], messageId: string): ChatMessage[] {
  const at = messages.findIndex(({ id }) => id === messageId)
  return at < 0 ? messages : messages.slice(0, at + 1)
}

/** The newest stored answer of the branch. */
export function selectLastStoredId({ messages }: ThreadState): string | undefined {
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
