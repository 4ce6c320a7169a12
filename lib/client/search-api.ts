import type { SearchPage } from '@/lib/domain/search-page'
import { createSendRequest, readJson } from './send-request'

export type SearchThreads = (options: {
  query: string
  before?: string | undefined
  signal: AbortSignal
}) => Promise<SearchPage>

const PAGE = 20

/** Titles and messages that hold all that was searched for. Rejects with an AppError. */
export function createSearchThreads(
  options: { fetch?: typeof globalThis.fetch } = {},
): SearchThreads {
  const send = createSendRequest(options)
  return async ({ query, before, signal }) => {
    const params = new URLSearchParams({ q: query, limit: String(PAGE) })
    if (before !== undefined) params.set('before', before)
    return readJson<SearchPage>(await send(`/api/search?${params}`, { signal }))
  }
}
