import { randomUUID } from 'node:crypto'
import type { Random } from './create-random.ts'

/** What a person did to a thread, and whether the server has said that it is done. */
export type Act = {
  kind: 'ask' | 'edit' | 'fork' | 'rename' | 'delete' | 'import'
  round: number
  threadId: string
  isAcknowledged: boolean
  method: 'POST' | 'PATCH' | 'DELETE'
  path: string
  body: string | undefined
  /** Of an ask: what must be there; of an edit: the new answer. */
  messageId: string
  text: string
  /** Of a fork and an import: the threads that must be there, with so many messages each. */
  threads: { id: string; messages: number }[]
}

/** A thread as its only user knows it. */
export type KnownThread = {
  id: string
  /** The branch that was built last, as far as it is known to be there. */
  branch: string[]
  isGone: boolean
}

type Parts = Pick<Act, 'kind' | 'threadId' | 'method' | 'path'> &
  Partial<Pick<Act, 'messageId' | 'text' | 'threads'>> & { body?: object }

function toAct({ body, ...parts }: Parts, round: number): Act {
  return {
    ...{ messageId: '', text: '', threads: [], round, isAcknowledged: false },
    ...parts,
    body: body === undefined ? undefined : JSON.stringify(body),
  }
}

/** The next thing that somebody does with a thread, chosen from what can be done with it now. */
export function chooseAct(options: { thread: KnownThread; random: Random; round: number }): Act {
  const { thread, random, round } = options
  const { id: threadId, branch } = thread
  const text = `words ${randomUUID()}`
  const messageId = randomUUID()
  const last = branch.at(-1)
  const kinds: Act['kind'][] =
    last === undefined
      ? ['ask', 'ask', 'ask', 'ask', 'import']
      : ['ask', 'ask', 'ask', 'edit', 'edit', 'fork', 'rename', 'delete', 'import']
  const kind = random.pick(kinds)
  const path = `/api/threads/${threadId}`
  if (kind === 'edit' && last !== undefined) {
    const body = { id: messageId, text }
    const edit = { method: 'POST', path: `/api/messages/${last}/edit` } as const
    return toAct({ kind, threadId, ...edit, body, messageId, text }, round)
  }
  if (kind === 'fork' && last !== undefined) {
    const threads = [{ id: randomUUID(), messages: branch.length }]
    const body = { messageId: last, id: threads[0]?.id }
    return toAct({ kind, threadId, method: 'POST', path: `${path}/fork`, body, threads }, round)
  }
  if (kind === 'rename') {
    return toAct({ kind, threadId, method: 'PATCH', path, body: { title: text }, text }, round)
  }
  if (kind === 'delete') return toAct({ kind, threadId, method: 'DELETE', path }, round)
  if (kind === 'import') return toImport({ threadId, random, round })
  // A question beside the last one, now and then: the same parent, another text.
  const isBeside = branch.length > 2 && random.chance(0.3)
  const parentId = (isBeside ? branch.at(-3) : last) ?? null
  const body = { threadId, parentId, runId: randomUUID(), message: { id: messageId, text } }
  return toAct(
    { kind: 'ask', threadId, method: 'POST', path: '/api/chat', body, messageId, text },
    round,
  )
}

function toImport(options: { threadId: string; random: Random; round: number }): Act {
  const { threadId, random, round } = options
  const turns = random.between(1, 12)
  const files = Array.from({ length: random.between(1, 3) }, () => {
    const ids = Array.from({ length: turns * 2 }, () => randomUUID())
    const messages = ids.map((id, at) => {
      const shared = { id, parentId: ids[at - 1] ?? null, text: `imported ${id}`, createdAtMs: at }
      return at % 2 === 0
        ? { ...shared, role: 'user' }
        : { ...shared, role: 'assistant', reasoning: '', status: 'complete' }
    })
    const id = randomUUID()
    const times = { createdAtMs: 1, updatedAtMs: 2 }
    return { id, title: `file ${id}`, ...times, isPinned: false, isArchived: false, messages }
  })
  const body = { format: 'first-token', version: 1, threads: files }
  const threads = files.map(({ id, messages }) => ({ id, messages: messages.length }))
  return toAct(
    { kind: 'import', threadId, method: 'POST', path: '/api/import', body, threads },
    round,
  )
}

/** Carries an act out. `done`: what the server said at its end; it is undefined when it did not get to say it. */
export async function perform(options: {
  url: string
  act: Act
  signal: AbortSignal
}): Promise<{ status: number; text: string } | undefined> {
  const { url, act, signal } = options
  const { method, path, body } = act
  try {
    const response = await fetch(`${url}${path}`, {
      method,
      signal,
      ...(body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } }),
    })
    // Its headers say that a question is saved; what else is asked for is done by then.
    if (response.ok) act.isAcknowledged = true
    return { status: response.status, text: await response.text() }
  } catch {
    return undefined
  }
}

/** The answer that an ask gave, by its stream. */
export function readReplyId(text: string): string | undefined {
  if (!text.includes('"status":"complete"')) return undefined
  return /"messageId":"([0-9a-f-]{36})"/.exec(text)?.[1]
}
