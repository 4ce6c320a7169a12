import { createStore, type StoreApi } from 'zustand/vanilla'
import type { PublicError } from '@/lib/domain/error'
import type { Sampling } from '@/lib/domain/sampling'
import { createApiClient } from './api-client'
import { changeSampling } from './change-sampling'
import { createFrameBatcher } from './create-frame-batcher'
import { createId as createUuid } from './create-id'
import { beginEdit, cancelEdit, setEditText, submitEdit } from './edit-message'
import { forkThread } from './fork-thread'
import { joinReply } from './join-reply'
import { loadEarlier, reachMessage } from './load-earlier'
import { notePainted } from './note-painted'
import { queueDraft, restoreQueued, selectQueueTurn, settleQueue, unqueue } from './queue-question'
import { refreshThread } from './refresh-thread'
import { reuseQuestion } from './reuse-question'
import {
  continueReply,
  dropUnsent,
  recallQuestion,
  resendTurn,
  retryReply,
  sendDraft,
} from './send-turn'
import { showMessage } from './show-message'
import { sleepUntilOnline } from './sleep-until-online'
import { stopReply } from './stop-reply'
import {
  buildThreadState,
  type QueuedQuestion,
  type ThreadStart,
  type ThreadState,
} from './thread-state'
import type { ThreadContext } from './watch-run'

export type ThreadActions = {
  /** Asks what stands in the draft. `pressedAtMs`: when the key or button was pressed, monotonic. */
  send(options: { pressedAtMs: number }): Promise<void>
  /** A second answer to the same question; it takes the place of the first in this view. */
  retry(options: { runId: string; pressedAtMs: number }): Promise<void>
  /** A second answer that goes on where a cut one ends; it takes its place in this view. */
  goOn(options: { runId: string; pressedAtMs: number }): Promise<void>
  /** Shows another message in the place of a shown one, with all that came after it. */
  show(options: { messageId: string; siblingId: string }): Promise<void>
  /** Loads what stands above. */
  loadEarlier(): Promise<void>
  /** Has a message of this thread among the shown ones. @returns whether it is there */
  reach(messageId: string): Promise<boolean>
  /** Opens the editor of a message. */
  beginEdit(messageId: string): void
  setEditText(text: string): void
  cancelEdit(): void
  /** Asks the changed question, or stores the changed answer, beside what it was made from. */
  submitEdit(options: { pressedAtMs: number }): Promise<void>
  /** Begins a thread with the branch down to a message. @returns its id; undefined when it was not to be had */
  fork(messageId: string): Promise<string | undefined>
  /** The draft goes out when the present answer has ended. */
  queue(): void
  unqueue(): void
  restoreQueued(queued: QueuedQuestion): void
  /** Before its first question: nothing of it will be stored. */
  setTemporary(isTemporary: boolean): void
  noteDeleted(isDeleted: boolean): void
  /** Another name was given. */
  noteTitle(title: string): void
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

export type ThreadStoreOptions = ThreadStart &
  Partial<
    Pick<ThreadContext, 'api' | 'sleep' | 'createBatcher' | 'createId' | 'wallClockMs' | 'nowMs'>
  >

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
    nowMs: options.nowMs ?? (() => performance.now()),
    asked: new Map(),
    following: new AbortController(),
    switching: undefined,
    recalled: undefined,
    pendingIds: new Map(),
  }
  const { set } = context
  store.subscribe((state) => {
    if (selectQueueTurn(state) !== 'wait') queueMicrotask(() => void settleQueue(context))
  })
  const actions: ThreadActions = {
    send: (press) => sendDraft(context, press),
    retry: (press) => retryReply(context, press),
    goOn: (press) => continueReply(context, press),
    show: (choice) => showMessage(context, choice),
    loadEarlier: () => loadEarlier(context),
    reach: (messageId) => reachMessage(context, messageId),
    beginEdit: (messageId) => beginEdit(context, messageId),
    setEditText: (text) => setEditText(context, text),
    cancelEdit: () => cancelEdit(context),
    submitEdit: (press) => submitEdit(context, press),
    fork: (messageId) => forkThread(context, messageId),
    queue: () => queueDraft(context),
    unqueue: () => unqueue(context),
    restoreQueued: (queued) => restoreQueued(context, queued),
    setTemporary: (isTemporary) =>
      set(({ messages }) => (messages.length === 0 ? { isTemporary } : {})),
    noteDeleted: (isDeleted) => set(() => ({ isDeleted })),
    noteTitle: (title) => set(() => ({ title })),
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
