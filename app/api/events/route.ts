import { route } from '@/lib/server/route'
import { toThreadEventStream } from '@/lib/server/thread-event-stream'

export const GET = route({
  handle: ({ services, signal }) => toThreadEventStream(services.threadEvents.subscribe(signal)),
})
