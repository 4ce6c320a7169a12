import type { QueuedQuestion, ThreadState } from './thread-state'
import type { ThreadContext } from './watch-run'

const toKey = (threadId: string) => `first-token.queued.${threadId}`

/** What waited in this tab before a reload. */
export function readQueued(threadId: string): QueuedQuestion | undefined {
  try {
    return parseQueued(JSON.parse(sessionStorage.getItem(toKey(threadId)) ?? 'null'))
  } catch {
    return undefined
  }
}

/** A browser may forbid storage; then a follow-up waits as long as the page lives. */
export function writeQueued({
  threadId,
  queued,
  outgoing,
}: Pick<ThreadState, 'threadId' | 'queued' | 'outgoing'>): void {
  const kept = queued ?? outgoing
  try {
    if (kept === undefined) sessionStorage.removeItem(toKey(threadId))
    else sessionStorage.setItem(toKey(threadId), JSON.stringify(kept))
  } catch {}
}

/** It is stored, or its text is in the message box again: a reload needs it no more. */
export function forgetOutgoing({ get, set }: Pick<ThreadContext, 'get' | 'set'>): void {
  if (get().outgoing === undefined) return
  set(() => ({ outgoing: undefined }))
  writeQueued(get())
}

function parseQueued(value: unknown): QueuedQuestion | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { questionId, runId, text } = value as Record<string, unknown>
  const isWhole = [questionId, runId, text].every((part) => typeof part === 'string' && part !== '')
  return isWhole ? (value as QueuedQuestion) : undefined
}
