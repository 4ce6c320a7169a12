import type { ThreadPage, ThreadSummary } from '@/lib/domain/thread-summary'
import { createSendRequest, readJson, toJsonBody } from './send-request'

export type ThreadChange = Partial<Pick<ThreadSummary, 'title' | 'isPinned' | 'isArchived'>>

/** The list of threads as functions of our api. Each rejects with the AppError that the server named. */
export type ThreadsApi = {
  listThreads(options: { isArchived: boolean; before?: string | undefined }): Promise<ThreadPage>
  /** `isOverwriting`: another change had come after the state that this one was made on. */
  changeThread(options: {
    id: string
    change: ThreadChange
    ifUpdatedAtMs: number
  }): Promise<{ thread: ThreadSummary; isOverwriting?: boolean }>
  deleteThread(id: string): Promise<void>
  /** Within half a minute of its deletion. */
  restoreThread(id: string): Promise<ThreadSummary>
}

const PAGE = 50

export function createThreadsApi(options: { fetch?: typeof globalThis.fetch } = {}): ThreadsApi {
  const send = createSendRequest(options)
  return {
    async listThreads({ isArchived, before }) {
      const query = new URLSearchParams({ limit: String(PAGE), archived: String(isArchived) })
      if (before !== undefined) query.set('before', before)
      return readJson<ThreadPage>(await send(`/api/threads?${query}`))
    },
    async changeThread({ id, change, ifUpdatedAtMs }) {
      const body = toJsonBody({ ...change, ifUpdatedAtMs }, 'PATCH')
      return readJson(await send(`/api/threads/${id}`, body))
    },
    async deleteThread(id) {
      await send(`/api/threads/${id}`, { method: 'DELETE' })
    },
    async restoreThread(id) {
      const response = await send(`/api/threads/${id}/restore`, toJsonBody({}))
      return (await readJson<{ thread: ThreadSummary }>(response)).thread
    },
  }
}
