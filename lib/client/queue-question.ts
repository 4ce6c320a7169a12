import type { Question } from '@/lib/domain/message'
import { forgetOutgoing } from './queue-memory'
import { sendQuestion } from './send-turn'
import { putBefore } from './take-question-back'
import { type QueuedQuestion, selectIsFree, selectParentId, type ThreadState } from './thread-state'
import type { ThreadContext } from './watch-run'

/** The draft waits for the end of the answer that is being written: one at a time. */
export function queueDraft({ get, set, createId }: ThreadContext): void {
  const { live, queued, draft } = get()
  if (live === undefined || queued !== undefined || draft.trim() === '') return
  const question = { questionId: createId(), runId: createId(), text: draft }
  set(() => ({ queued: question, draft: '', isArmed: false }))
}

/** Back into the message box. */
export function unqueue({ set }: ThreadContext): void {
  set(({ queued, draft }) =>
    queued === undefined ? {} : { queued: undefined, draft: putBefore(draft, queued.text) },
  )
}

/** What waited before a reload; if it went out by then, it waits no more. */
export function restoreQueued({ set }: ThreadContext, restored: QueuedQuestion): void {
  set(({ queued, messages }) => {
    const isSent = messages.some(({ id }) => id === restored.questionId)
    return queued !== undefined || isSent ? {} : { queued: restored }
  })
}

/**
 * What is to become of a waiting follow-up: it is sent when the answer before it has ended, whole or
 * by Stop; one that broke off is for the reader to judge first.
 */
export function selectQueueTurn(state: ThreadState): 'wait' | 'send' | 'return' {
  if (state.queued === undefined || !selectIsFree(state)) return 'wait'
  const last = state.messages.at(-1)
  if (last?.role !== 'assistant' || last.status === 'streaming') return 'wait'
  return last.status === 'complete' || last.status === 'stopped' ? 'send' : 'return'
}

/**
 * Does with a waiting follow-up what its turn is, whichever thread is on show. A page that is reloaded while it
 * goes out sends it again: with the same ids, so it is asked once.
 */
export async function settleQueue(context: ThreadContext): Promise<void> {
  const state = context.get()
  const { queued } = state
  const turn = selectQueueTurn(state)
  if (turn === 'return') unqueue(context)
  if (queued === undefined || turn !== 'send') return
  const { questionId, runId, text } = queued
  const question: Question = {
    ...{ id: questionId, threadId: state.threadId, parentId: selectParentId(state) },
    ...{ role: 'user', text, createdAtMs: context.wallClockMs() },
  }
  context.set(() => ({ queued: undefined, outgoing: queued }))
  await sendQuestion(context, { question, runId, pressedAtMs: context.nowMs() })
  if (context.get().unsent === undefined) forgetOutgoing(context)
}
