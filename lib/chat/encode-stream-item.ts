import type { StreamChunk } from '@/lib/domain/stream-chunk'

/** `id`: the reader's position after this chunk. */
export type StreamItem = { id: number; chunk: StreamChunk }

/** `takeReady`: the next item where it is there already, so that what is there can go out together. */
export type StreamItems = AsyncIterable<StreamItem> & { takeReady?(): StreamItem | undefined }

/** Closes a stream whose reply has ended; a stream without it was cut and can be joined again. */
export const STREAM_END = 'data: [DONE]\n\n'

/** Keeps proxies between us and a waiting reader from closing a silent connection. */
export const KEEP_ALIVE = ': keep-alive\n\n'

/** One server-sent event. JSON escapes newlines and half surrogate pairs, so any text survives it. */
export function encodeStreamItem({ id, chunk }: StreamItem): string {
  return `id: ${id}\ndata: ${JSON.stringify(chunk)}\n\n`
}
