import { toEventStream } from '@/lib/server/event-stream'
import { route } from '@/lib/server/route'
import { followQuerySchema, lastEventIdSchema, runParamsSchema } from './schema'

export const GET = route({
  params: runParamsSchema,
  query: followQuerySchema,
  async handle({ params, query, request, services, signal }) {
    const lastEventId = lastEventIdSchema.parse(request.headers.get('last-event-id') ?? undefined)
    const after = lastEventId ?? query.after
    return await toEventStream(services.runs.follow({ runId: params.id, after, signal }))
  },
})
