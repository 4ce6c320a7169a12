import 'server-only'
import {
  encodeStreamItem,
  KEEP_ALIVE,
  STREAM_END,
  type StreamItem,
} from '@/lib/chat/encode-stream-item'

const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-store, no-transform',
  'content-encoding': 'none',
  'x-accel-buffering': 'no',
  'x-vercel-ai-ui-message-stream': 'v1',
}

/**
 * A run as server-sent events. Each event is pulled when the socket takes it; nothing is queued for
 * a slow reader. Closing the connection lets go of the reader and not of the run.
 * @throws {AppError} what following the run throws at its first step
 */
export async function toEventStream(
  items: AsyncIterable<StreamItem>,
  { keepAliveMs = 15_000 } = {},
): Promise<Response> {
  const iterator = items[Symbol.asyncIterator]()
  const encoder = new TextEncoder()
  let first: IteratorResult<StreamItem> | undefined = await iterator.next()
  let isFinished = false
  let isCancelled = false
  let timer: NodeJS.Timeout | undefined

  const next = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    if (first !== undefined) {
      const item = first
      first = undefined
      return item
    }
    timer = setInterval(() => {
      if ((controller.desiredSize ?? -1) >= 0) controller.enqueue(encoder.encode(KEEP_ALIVE))
    }, keepAliveMs)
    try {
      return await iterator.next()
    } finally {
      clearInterval(timer)
    }
  }

  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await next(controller)
        if (isCancelled) return
        if (!done) {
          isFinished = value.chunk.type === 'finish'
          controller.enqueue(encoder.encode(encodeStreamItem(value)))
          return
        }
        if (isFinished) controller.enqueue(encoder.encode(STREAM_END))
        controller.close()
      },
      async cancel() {
        isCancelled = true
        clearInterval(timer)
        await iterator.return?.()
      },
    },
    { highWaterMark: 0 },
  )
  return new Response(body, { headers: HEADERS })
}
