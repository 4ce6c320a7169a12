import { createStore, type StoreApi } from 'zustand/vanilla'
import type { PublicError } from '@/lib/domain/error'
import type { ChatMessage } from '@/lib/domain/message'
import type { Sampling } from '@/lib/domain/sampling'
import { createApiClient } from './api-client'
import {
  continueReply,
  dropUnsent,
  recallQuestion,
  resendTurn,
  retryReply,
  sendDraft,
} from './ask-question'
import { changeSampling } from './change-sampling'
import { createFrameBatcher } from './create-frame-batcher'
import { createId as createUuid } from './create-id'
import { joinReply } from './join-reply'
import { reuseQuestion } from './reuse-question'
import { showReply } from './show-reply'
import { sleepUntilOnline } from './sleep-until-online'
import { stopReply } from './stop-reply'
import {
  buildThreadState,
  replaceReply,
  selectIsFree,
  selectLastReplyId,
  selectReply,
  type ThreadState,
  toReplyLength,
} from './thread-state'
import type { ThreadContext } from './watch-run'

export type ThreadActions = {
  /** Asks what stands in the draft. `pressedAtMs`: when the key or button was pressed, monotonic. */
  send(options: { pressedAtMs: number }): Promise<void>
  /** A second answer to the same question; it takes the place of the first in this view. */
  retry(options: { runId: string; pressedAtMs: number }): Promise<void>
  /** A second answer that goes on where a cut one ends; it takes its place in this view. */
  goOn(options: { runId: string; pressedAtMs: number }): Promise<void>
  /** Shows another answer to the same question, with all that came after it. */
  show(options: { questionId: string; replyId: string }): Promise<void>
  /** Sends an unsent turn again, with the same ids: never doubled. */
  resend(): Promise<void>
  /** Takes an unsent question back into the draft. */
  recall(): void
  /** Gives up an unsent second answer. */
  dropUnsent(): void
  /** Puts the text of a question into the draft, before what stands there. */
  reuse(questionId: string): void
  /** Ends the answer in the engine; works before its first token. */
  stop(): Promise<void>
  /** Goes on with an answer that the server is still writing. */
  join(): Promise<void>
  /** Takes what the server holds, unless something is under way here. */
  refresh(): Promise<void>
  /** The first text of a reply stands on the screen. */
  notePainted(options: { runId: string; paintedAtMs: number }): void
  /** @returns why nothing was changed; undefined when it was */
  setSampling(sampling: Sampling): Promise<PublicError | undefined>
  setDraft(draft: string): void
  setArmed(isArmed: boolean): void
  dismissRefusal(): void
}

export type ThreadStore = StoreApi<ThreadState> & { actions: ThreadActions }

export type ThreadStoreOptions = {
  threadId: string
  messages?: ChatMessage[] | undefined
  siblings?: Record<string, string[]> | undefined
  chosenId?: string | undefined
  sampling?: Sampling | undefined
  draft?: string
} & Partial<Pick<ThreadContext, 'api' | 'sleep' | 'createBatcher' | 'createId' | 'wallClockMs'>>

/** The state of one open thread and all that can be done with it; no React, no DOM but the defaults. */
export function createThreadStore(options: ThreadStoreOptions): ThreadStore {
  const store = createStore<ThreadState>()(() => buildThreadState(options))
  const context: ThreadContext = {
    get: store.getState,
    set: (change) => store.setState(change),
    api: options.api ?? createApiClient(),
    sleep: options.sleep ?? sleepUntilOnline,
    createBatcher: options.createBatcher ?? ((flush) => createFrameBatcher({ flush })),
    createId: options.createId ?? createUuid,
    wallClockMs: options.wallClockMs ?? Date.now,
    asked: new Map(),
    following: new AbortController(),
    switching: undefined,
    recalled: undefined,
  }
  const { set } = context
  const actions: ThreadActions = {
    send: (press) => sendDraft(context, press),
    retry: (press) => retryReply(context, press),
    goOn: (press) => continueReply(context, press),
    show: (choice) => showReply(context, choice),
    resend: () => resendTurn(context),
    recall: () => recallQuestion(context),
    dropUnsent: () => dropUnsent(context),
    reuse: (questionId) => reuseQuestion(context, questionId),
    stop: () => stopReply(context),
    join: () => joinReply(context),
    refresh: () => refreshThread(context),
    notePainted: (paint) => notePainted(context, paint),
    setSampling: (sampling) => changeSampling(context, sampling),
    setDraft: (draft) => set(() => ({ draft, isArmed: false })),
    setArmed: (isArmed) => set(({ draft }) => ({ isArmed: isArmed && draft.trim() !== '' })),
    dismissRefusal: () => set(() => ({ refusal: undefined })),
  }
  return { ...store, actions }
}

async function refreshThread(context: ThreadContext): Promise<void> {
  const { get, set, api } = context
  if (get().live?.connection === 'lost') return joinReply(context)
  if (!selectIsFree(get()) || get().messages.length === 0) return
  const throughId = selectLastReplyId(get())
  const loaded = await api
    .loadThread({ threadId: get().threadId, throughId })
    .catch(() => undefined)
  if (loaded === undefined || !selectIsFree(get())) return
  if (throughId !== selectLastReplyId(get())) return
  const { messages, siblings } = loaded
  const { sampling = {} } = loaded.thread
  if (isSameBranch(messages, get().messages)) return set(() => ({ siblings, sampling }))
  set(() => ({ messages, siblings, sampling }))
  await joinReply(context)
}

function isSameBranch(a: ChatMessage[], b: ChatMessage[]): boolean {
  const print = (message: ChatMessage) =>
    message.role === 'user'
      ? message.id
      : [message.id, message.status, message.isTrimEnd === true, message.text].join()
  return a.length === b.length && a.map(print).join() === b.map(print).join()
}

function notePainted(
  { get, set, api, asked }: ThreadContext,
  { runId, paintedAtMs }: { runId: string; paintedAtMs: number },
): void {
  const own = asked.get(runId)
  const reply = selectReply(get(), runId)
  if (own === undefined || reply === undefined) return
  if (toReplyLength(reply) <= own.begunLength) return
  asked.delete(runId)
  const paint = { browserTtftMs: Math.max(0, paintedAtMs - own.pressedAtMs) }
  set((state) => ({ messages: replaceReply(state.messages, { ...reply, paint }) }))
  void api.savePaint({ messageId: reply.id, paint }).catch(() => {})
}
