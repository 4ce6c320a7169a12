import { AppError } from '@/lib/domain/error'
import type { Reply, ThreadBranch } from '@/lib/domain/message'
import type { PaintTiming } from '@/lib/domain/reply-timing'
import type { Sampling } from '@/lib/domain/sampling'
import type { ChatRequest } from '@/lib/domain/stream-chunk'
import type { ThreadSummary } from '@/lib/domain/thread-summary'
import { readEventStream, type StreamEvent } from './read-event-stream'
import { createSendRequest, readJson, toJsonBody } from './send-request'

/**
 * Our own api as functions. Each rejects with the AppError that the server named, its request id
 * among the details, or with `app_unreachable` where nothing of ours answered.
 */
export type ApiClient = {
  /** Resolves with the stream when the server has accepted the question. */
  startChat(options: {
    request: ChatRequest
    signal: AbortSignal
  }): Promise<AsyncIterable<StreamEvent>>
  /** The rest of a run's stream, from the character `after` on. */
  joinRun(options: {
    runId: string
    after: number
    signal: AbortSignal
  }): Promise<AsyncIterable<StreamEvent>>
  /** Resolves with the reply as it was stored, when the engine has let go of it. */
  stopRun(runId: string): Promise<Reply>
  /** The last messages of the branch through a message, or of those before one; without one, of the newest. */
  loadThread(options: {
    threadId: string
    throughId?: string | undefined
    beforeId?: string | undefined
    limit: number
  }): Promise<ThreadBranch>
  /** Stores an answer with another text beside a stored one; `id` is made here. */
  editReply(options: { messageId: string; id: string; text: string }): Promise<Reply>
  /** A thread of its own that begins with the branch down to a message; `id` is made here. */
  forkThread(options: { threadId: string; messageId: string; id: string }): Promise<ThreadSummary>
  saveSampling(options: { threadId: string; sampling: Sampling }): Promise<void>
  savePaint(options: { messageId: string; paint: PaintTiming }): Promise<void>
}

export function createApiClient(options: { fetch?: typeof globalThis.fetch } = {}): ApiClient {
  const send = createSendRequest(options)
  return {
    async startChat({ request, signal }) {
      return openStream(await send('/api/chat', { ...toJsonBody(request), signal }))
    },
    async joinRun({ runId, after, signal }) {
      return openStream(await send(`/api/runs/${runId}?after=${after}`, { signal }))
    },
    async stopRun(runId) {
      const response = await send(`/api/runs/${runId}/stop`, toJsonBody({}))
      return (await readJson<{ reply: Reply }>(response)).reply
    },
    async loadThread({ threadId, throughId, beforeId, limit }) {
      const query = new URLSearchParams({ limit: String(limit) })
      if (throughId !== undefined) query.set('through', throughId)
      if (beforeId !== undefined) query.set('before', beforeId)
      return readJson<ThreadBranch>(await send(`/api/threads/${threadId}?${query}`))
    },
    async editReply({ messageId, ...edit }) {
      const response = await send(`/api/messages/${messageId}/edit`, toJsonBody(edit))
      return (await readJson<{ reply: Reply }>(response)).reply
    },
    async forkThread({ threadId, ...fork }) {
      const response = await send(`/api/threads/${threadId}/fork`, toJsonBody(fork))
      return (await readJson<{ thread: ThreadSummary }>(response)).thread
    },
    async saveSampling({ threadId, sampling }) {
      await send(`/api/threads/${threadId}/sampling`, toJsonBody(sampling, 'PUT'))
    },
    async savePaint({ messageId, paint }) {
      await send(`/api/messages/${messageId}/paint`, { ...toJsonBody(paint), keepalive: true })
    },
  }
}

function openStream(response: Response): AsyncIterable<StreamEvent> {
  const isStream = response.headers.get('content-type')?.includes('text/event-stream')
  if (!isStream || response.body === null) throw new AppError('app_unreachable')
  return readEventStream(response.body)
}
