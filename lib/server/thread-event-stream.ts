import 'server-only'
import type { ThreadEvent } from '@/lib/domain/thread-event'

const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-store, no-transform',
  'content-encoding': 'none',
  'x-accel-buffering': 'no',
}
const KEEP_ALIVE = ': keep-alive\n\n'
/** How soon a page comes back when the stream ends. */
const OPENING = 'retry: 2000\n\n'

/** What happens to threads as server-sent events; a page that comes back looks anew, so they have no ids. */
export function toThreadEventStream(
  events: AsyncIterableIterator<ThreadEvent, undefined>,
  { keepAliveMs = 15_000 } = {},
): Response {
  const encoder = new TextEncoder()
  let timer: NodeJS.Timeout | undefined
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode(OPENING))
      timer = setInterval(() => {
        if ((controller.desiredSize ?? -1) >= 0) controller.enqueue(encoder.encode(KEEP_ALIVE))
      }, keepAliveMs)
    },
    async pull(controller) {
      const { done, value } = await events.next()
      if (!done) {
        controller.enqueue(encoder.encode(`data: ${JSON.stringify(value)}\n\n`))
        return
      }
      clearInterval(timer)
      controller.close()
    },
    async cancel() {
      clearInterval(timer)
      await events.return?.()
    },
  })
  return new Response(body, { headers: HEADERS })
}
