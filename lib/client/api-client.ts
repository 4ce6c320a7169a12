import { AppError, type ErrorDetails, isErrorCode } from '@/lib/domain/error'
import type { Reply, ThreadBranch } from '@/lib/domain/message'
import type { PaintTiming } from '@/lib/domain/reply-timing'
import type { Sampling } from '@/lib/domain/sampling'
import type { ChatRequest } from '@/lib/domain/stream-chunk'
import { readEventStream, type StreamEvent } from './read-event-stream'

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
  /** The branch through a message; without one, the newest. */
  loadThread(options: { threadId: string; throughId?: string | undefined }): Promise<ThreadBranch>
  saveSampling(options: { threadId: string; sampling: Sampling }): Promise<void>
  savePaint(options: { messageId: string; paint: PaintTiming }): Promise<void>
}

export function createApiClient(options: { fetch?: typeof globalThis.fetch } = {}): ApiClient {
  const send = async (path: string, init: RequestInit = {}) => {
    const fetchNow = options.fetch ?? globalThis.fetch
    const response = await fetchNow(path, init).catch((cause) => {
      throw new AppError('app_unreachable', { cause })
    })
    if (!response.ok) throw await parseError(response)
    return response
  }
  const readJson = async <T>(response: Response): Promise<T> =>
    response.json().catch((cause) => {
      throw new AppError('app_unreachable', { cause })
    })

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
    async loadThread({ threadId, throughId }) {
      const query = throughId === undefined ? '' : `?reply=${throughId}`
      return readJson<ThreadBranch>(await send(`/api/threads/${threadId}${query}`))
    },
    async saveSampling({ threadId, sampling }) {
      await send(`/api/threads/${threadId}/sampling`, { ...toJsonBody(sampling), method: 'PUT' })
    },
    async savePaint({ messageId, paint }) {
      await send(`/api/messages/${messageId}/paint`, { ...toJsonBody(paint), keepalive: true })
    },
  }
}

function toJsonBody(body: unknown): RequestInit {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }
}

function openStream(response: Response): AsyncIterable<StreamEvent> {
  const isStream = response.headers.get('content-type')?.includes('text/event-stream')
  if (!isStream || response.body === null) throw new AppError('app_unreachable')
  return readEventStream(response.body)
}

/** An answer that is not in our words came from something in front of the server. */
async function parseError(response: Response): Promise<AppError> {
  const body: unknown = await response.json().catch(() => undefined)
  const error = (body as { error?: Record<string, unknown> } | null | undefined)?.error
  if (!isErrorCode(error?.code)) return new AppError('app_unreachable')
  const details: ErrorDetails = { ...(error.details as ErrorDetails | undefined) }
  if (typeof error.requestId === 'string') details.requestId = error.requestId
  return new AppError(error.code, { details })
}
