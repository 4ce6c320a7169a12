import type { Act } from './thread-acts.ts'

export type ThreadCounts = {
  acknowledged: number
  lost: number
  doubled: number
  problems: string[]
}

type Filed = {
  id: string
  title: string
  messages: { id: string; parentId: string | null; role: string; text: string; status?: string }[]
}

/** All that the server has, by its own export. */
export async function readAll(url: string): Promise<Map<string, Filed>> {
  const response = await fetch(`${url}/api/export?format=json`)
  const file = (await response.json()) as { threads: Filed[] }
  return new Map(file.threads.map((thread) => [thread.id, thread]))
}

/**
 * Holds the server to what it has acknowledged. `acts`: all of all rounds in their order; each thread
 * has one user, so that what must be there is known.
 */
export function checkActs(options: {
  acts: readonly Act[]
  all: ReadonlyMap<string, Filed>
  counts: ThreadCounts
}): void {
  const { acts, all, counts } = options
  const deleting = acts.filter(({ kind }) => kind === 'delete')
  const maybeGone = new Set(deleting.map(({ threadId }) => threadId))
  const mustBeGone = new Set(
    deleting.filter(({ isAcknowledged }) => isAcknowledged).map(({ threadId }) => threadId),
  )
  for (const act of acts) {
    const what = `round ${act.round}: ${act.kind} in ${act.threadId}`
    const lose = (problem: string) => {
      counts.lost += 1
      counts.problems.push(`${what}: ${problem}`)
    }
    if (act.isAcknowledged) counts.acknowledged += 1
    if (act.kind === 'import' || act.kind === 'fork') {
      checkThreads({ act, all, lose })
      continue
    }
    const thread = all.get(act.threadId)
    if (mustBeGone.has(act.threadId)) {
      if (thread !== undefined && act.kind === 'delete') lose('a deleted thread is there')
      continue
    }
    if (!act.isAcknowledged || (thread === undefined && maybeGone.has(act.threadId))) continue
    if (act.kind === 'rename') checkTitle({ act, acts, thread, lose })
    else {
      const message = thread?.messages.find(({ id }) => id === act.messageId)
      if (message?.text !== act.text) lose('what was written is not there')
    }
  }
  checkTrees({ all, counts })
}

/** All of a file or nothing; and a fork whole. */
function checkThreads(options: {
  act: Act
  all: ReadonlyMap<string, Filed>
  lose: (problem: string) => void
}): void {
  const { act, all, lose } = options
  const found = act.threads.filter(({ id }) => all.has(id))
  if (found.length < act.threads.length && (act.isAcknowledged || found.length > 0)) {
    lose(`${found.length} of ${act.threads.length} threads are there`)
  }
  for (const { id, messages } of found) {
    const count = all.get(id)?.messages.length
    if (count !== messages) lose(`${count} of ${messages} messages are there`)
  }
}

function checkTitle(options: {
  act: Act
  acts: readonly Act[]
  thread: Filed | undefined
  lose: (problem: string) => void
}): void {
  const { act, acts, thread, lose } = options
  const renames = acts.filter(
    ({ kind, threadId }) => kind === 'rename' && threadId === act.threadId,
  )
  const since = renames.slice(renames.indexOf(act))
  if (since.slice(1).some(({ isAcknowledged }) => isAcknowledged)) return
  if (!since.some(({ text }) => text === thread?.title)) lose('its title is another one')
}

function checkTrees({
  all,
  counts,
}: {
  all: ReadonlyMap<string, Filed>
  counts: ThreadCounts
}): void {
  const seen = new Set<string>()
  for (const { id, messages } of all.values()) {
    const own = new Set<string>()
    const questions = messages.filter(({ role }) => role === 'user').map(({ text }) => text)
    if (new Set(questions).size < questions.length) {
      counts.doubled += 1
      counts.problems.push(`thread ${id}: a question is there twice`)
    }
    for (const message of messages) {
      if (seen.has(message.id)) counts.doubled += 1
      seen.add(message.id)
      const hasParent = message.parentId === null || own.has(message.parentId)
      if (!hasParent) counts.problems.push(`thread ${id}: ${message.id} has no parent above it`)
      own.add(message.id)
    }
  }
}
