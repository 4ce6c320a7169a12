import { toEventStream } from '@/lib/server/event-stream'
import { route } from '@/lib/server/route'
import { chatRequestSchema } from './schema'

export const POST = route({
  body: chatRequestSchema,
  async handle({ body, services, signal }) {
    const { runId } = await services.runs.start(body)
    return await toEventStream(services.runs.follow({ runId, after: 0, signal }))
  },
})
