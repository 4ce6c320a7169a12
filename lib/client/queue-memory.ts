import type { QueuedQuestion, ThreadState } from './thread-state'

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
export function writeQueued({ threadId, queued }: Pick<ThreadState, 'threadId' | 'queued'>): void {
  try {
    if (queued === undefined) sessionStorage.removeItem(toKey(threadId))
    else sessionStorage.setItem(toKey(threadId), JSON.stringify(queued))
  } catch {}
}

function parseQueued(value: unknown): QueuedQuestion | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { questionId, runId, text } = value as Record<string, unknown>
  const isWhole = [questionId, runId, text].every((part) => typeof part === 'string' && part !== '')
  return isWhole ? (value as QueuedQuestion) : undefined
}
