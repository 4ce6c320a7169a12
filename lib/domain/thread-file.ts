import type { Question, Reply } from './message'
import type { Sampling } from './sampling'

/** A message as a file holds it; what a run was is known by the store alone. */
export type FiledMessage = Omit<Question, 'threadId'> | Omit<Reply, 'threadId' | 'runId'>

/** A thread with all its branches, each message after its parent; the branch that is shown ends in the last. */
export type FiledThread = {
  id: string
  title: string
  createdAtMs: number
  updatedAtMs: number
  isPinned: boolean
  isArchived: boolean
  sampling?: Sampling
  messages: FiledMessage[]
}

export const THREAD_FILE_FORMAT = 'first-token'
export const THREAD_FILE_VERSION = 1

/** Our own export. */
export type ThreadFile = {
  format: typeof THREAD_FILE_FORMAT
  version: typeof THREAD_FILE_VERSION
  threads: FiledThread[]
}

/** The branch that ends in the last message, from its first question on. */
export function toLastBranch(messages: readonly FiledMessage[]): FiledMessage[] {
  const byId = new Map(messages.map((message) => [message.id, message]))
  const branch: FiledMessage[] = []
  for (let at = messages.at(-1); at !== undefined; ) {
    branch.push(at)
    at = at.parentId === null ? undefined : byId.get(at.parentId)
  }
  return branch.reverse()
}
