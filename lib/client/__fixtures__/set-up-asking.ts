import type { Reply } from '@/lib/domain/message'
import { createApiClient } from '../api-client'
import { createThreadStore, type ThreadStoreOptions } from '../create-thread-store'
import {
  buildFrames,
  createFakeServer,
  encodeFrames,
  type Frame,
  toStreamResponse,
} from './fake-server'

export const CHAT = /^\/api\/chat$/
export const RUN = /^\/api\/runs\/[^/]+\?/
export const STOP = /\/stop$/
export const THREAD = /^\/api\/threads\//
export const PAINT = /\/paint$/
export const pieces = ['Hello', ', ', 'world', '.']

/** A thread without a message, painted when the test says so. */
export function setUpAsking(options: Partial<ThreadStoreOptions> = {}) {
  const server = createFakeServer()
  let ids = 0
  const frames: (() => void)[] = []
  const store = createThreadStore({
    threadId: 'thread',
    api: createApiClient({ fetch: server.fetch }),
    sleep: async () => {},
    createId: () => {
      ids += 1
      return `id-${ids}`
    },
    wallClockMs: () => 1_000,
    createBatcher: (flush) => ({
      schedule: () => void frames.push(flush),
      flushNow: flush,
      cancel: () => {},
    }),
    ...options,
  })
  const ask = (draft: string, pressedAtMs = 0) => {
    store.actions.setDraft(draft)
    return store.actions.send({ pressedAtMs })
  }
  const paintFrame = () => {
    for (const flush of frames.splice(0)) flush()
  }
  return { server, store, ask, paintFrame, state: store.getState }
}

/** The rest of a whole answer from there on. */
export function answer(runId: string, after = 0) {
  return toStreamResponse([encodeFrames(buildFrames({ runId, pieces, after }))])
}

export function storedReply(change: Partial<Reply> = {}): Reply {
  return {
    id: 'reply-id-2',
    threadId: 'thread',
    parentId: 'id-1',
    role: 'assistant',
    runId: 'id-2',
    text: 'Hello',
    reasoning: '',
    status: 'stopped',
    createdAtMs: 1,
    ...change,
  }
}

export function startFrames(runId: string): Frame[] {
  return buildFrames({ runId, pieces }).slice(0, 4)
}
