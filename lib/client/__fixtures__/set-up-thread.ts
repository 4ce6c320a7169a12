import type { ChatMessage, Question, Reply, ThreadBranch } from '@/lib/domain/message'
import { createApiClient } from '../api-client'
import { createThreadStore } from '../create-thread-store'
import type { ThreadStart } from '../thread-state'
import { buildFrames, createFakeServer, encodeFrames, toStreamResponse } from './fake-server'

export const question = (id: string, parentId: string | null = null): Question => ({
  ...{ id, threadId: 'thread', parentId, role: 'user', text: `Text of ${id}`, createdAtMs: 1 },
})

export const reply = (id: string, parentId: string, more: Partial<Reply> = {}): Reply => ({
  ...{ id, threadId: 'thread', parentId, role: 'assistant', runId: `run-${id}`, createdAtMs: 1 },
  ...{ text: `Answer ${id}`, reasoning: '', status: 'complete', ...more },
})

/** Two turns. */
const TWO_TURNS = [
  question('q1'),
  reply('a1', 'q1'),
  question('q2', 'a1'),
  reply('a2', 'q2'),
]

/** An open thread on a server whose answers the test gives in turn. */
export function setUpThread(start: Partial<ThreadStart> = {}) {
  const server = createFakeServer()
  let ids = 0
  const store = createThreadStore({
    ...{ threadId: 'thread', messages: TWO_TURNS, ...start },
    api: createApiClient({ fetch: server.fetch }),
    sleep: async () => {},
    createId: () => {
      ids += 1
      return `id-${ids}`
    },
    wallClockMs: () => 1_000,
    createBatcher: (flush) => ({ schedule: flush, flushNow: flush, cancel: () => {} }),
  })
  const idsOf = () => store.getState().messages.map(({ id }) => id)
  return { server, store, actions: store.actions, state: store.getState, idsOf }
}

export function toBranchResponse(
  messages: ChatMessage[],
  more: Partial<Pick<ThreadBranch, 'siblings' | 'hasEarlier'>> = {},
): Response {
  const thread = { id: 'thread', title: 'Hello', createdAtMs: 1, updatedAtMs: 2 }
  return Response.json({ thread, messages, siblings: {}, ...more } satisfies ThreadBranch)
}

export const toAnswerStream = (runId: string, pieces = ['Yes.']) =>
  toStreamResponse([encodeFrames(buildFrames({ runId, pieces }))])
