import type { Share } from '@/lib/domain/share'
import { createSendRequest, readJson, toJsonBody } from './send-request'

/** The links to a thread as functions of our api. Each rejects with an AppError. */
export type SharesApi = {
  /** The newest first. */
  listShares(threadId: string): Promise<Share[]>
  /** The branch through a message as it is now; without one, the newest. */
  createShare(options: { threadId: string; throughId?: string | undefined }): Promise<Share>
  revokeShare(options: { threadId: string; shareId: string }): Promise<void>
}

export function createSharesApi(options: { fetch?: typeof globalThis.fetch } = {}): SharesApi {
  const send = createSendRequest(options)
  const toPath = (threadId: string) => `/api/threads/${threadId}/shares`
  return {
    async listShares(threadId) {
      return (await readJson<{ shares: Share[] }>(await send(toPath(threadId)))).shares
    },
    async createShare({ threadId, throughId }) {
      const body = toJsonBody(throughId === undefined ? {} : { throughId })
      return readJson<Share>(await send(toPath(threadId), body))
    },
    async revokeShare({ threadId, shareId }) {
      await send(`${toPath(threadId)}/${shareId}`, { method: 'DELETE' })
    },
  }
}
