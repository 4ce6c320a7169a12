import { createSendRequest } from './send-request'

export const EXPORT_FORMATS = ['json', 'markdown', 'openai', 'sharegpt'] as const

export type ExportFormat = (typeof EXPORT_FORMATS)[number]

export type ExportedFile = { name: string; content: Blob }

/** A thread as a file, or all of them; the server names it. Rejects with an AppError. */
export function createExporter(options: { fetch?: typeof globalThis.fetch } = {}) {
  const send = createSendRequest(options)
  return async ({
    threadId,
    format,
  }: {
    /** Absent: all threads. */
    threadId: string | undefined
    format: ExportFormat
  }): Promise<ExportedFile> => {
    const path = threadId === undefined ? '/api/export' : `/api/threads/${threadId}/export`
    const response = await send(`${path}?format=${format}`)
    const header = response.headers.get('content-disposition') ?? ''
    const name = /filename="([^"]+)"/.exec(header)?.[1] ?? 'first-token'
    return { name, content: await response.blob() }
  }
}
