import 'server-only'
import {
  encodeStreamItem,
  KEEP_ALIVE,
  STREAM_END,
  type StreamItem,
  type StreamItems,
} from '@/lib/chat/encode-stream-item'

const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-store, no-transform',
  'content-encoding': 'none',
  'x-accel-buffering': 'no',
  'x-vercel-ai-ui-message-stream': 'v1',
}

/** So much goes out at once at most; a reader that is far behind gets it in pieces. */
const MAX_WRITE_CHARACTERS = 65_536

/**
 * A run as server-sent events, pulled when the socket takes them; what is there at that moment goes out
 * in one write, and nothing is queued for a slow reader. Closing the connection lets go of the reader
 * and not of the run.
 * @throws {AppError} what following the run throws at its first step
 */
export async function toEventStream(
  items: StreamItems,
  { keepAliveMs = 15_000 } = {},
): Promise<Response> {
  const iterator = items[Symbol.asyncIterator]()
  const encoder = new TextEncoder()
  let first: IteratorResult<StreamItem> | undefined = await iterator.next()
  let isFinished = false
  let isCancelled = false
  let isWaiting = false
  let timer: NodeJS.Timeout | undefined

  const next = async () => {
    const item = first
    first = undefined
    isWaiting = true
    try {
      return item ?? (await iterator.next())
    } catch (error) {
      clearInterval(timer)
      throw error
    } finally {
      isWaiting = false
    }
  }
  const encode = (item: StreamItem) => {
    const batch = takeBatch(item, items)
    isFinished = batch.isFinished
    return encoder.encode(batch.text)
  }

  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        timer ??= setInterval(() => {
          const isTaken = (controller.desiredSize ?? -1) >= 0
          if (isWaiting && isTaken) controller.enqueue(encoder.encode(KEEP_ALIVE))
        }, keepAliveMs)
        const { done, value } = await next()
        if (isCancelled) return
        timer.refresh()
        if (!done) return controller.enqueue(encode(value))
        clearInterval(timer)
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

/** The item and those behind it that are there already. */
function takeBatch(item: StreamItem, items: StreamItems): { text: string; isFinished: boolean } {
  let text = ''
  let last = item
  for (let at: StreamItem | undefined = item; at !== undefined; at = items.takeReady?.()) {
    text += encodeStreamItem(at)
    last = at
    if (text.length >= MAX_WRITE_CHARACTERS) break
  }
  return { text, isFinished: last.chunk.type === 'finish' }
}
