import { AppError } from '@/lib/domain/error'
import { route } from '@/lib/server/route'
import { threadChangeSchema, threadParamsSchema, threadQuerySchema } from './schema'

export const GET = route({
  params: threadParamsSchema,
  query: threadQuerySchema,
  async handle({ params: { id: threadId }, query, services }) {
    const { throughId: messageId, before: beforeId, limit } = query
    const loaded =
      limit !== undefined
        ? await services.loadThreadPage({ threadId, throughId: messageId, beforeId, limit })
        : messageId === undefined
          ? await services.loadThread(threadId)
          : await services.loadThreadThrough({ threadId, messageId })
    if (loaded === undefined) throw new AppError('thread_not_found')
    return Response.json(loaded)
  },
})

export const PATCH = route({
  params: threadParamsSchema,
  body: threadChangeSchema,
  async handle({ params: { id: threadId }, body: { ifUpdatedAtMs, ...change }, services }) {
    const changed = await services.threads.change({ threadId, change, ifUpdatedAtMs })
    const { thread, isOverwriting } = changed
    return Response.json(isOverwriting ? { thread, isOverwriting } : { thread })
  },
})

export const DELETE = route({
  params: threadParamsSchema,
  async handle({ params, services }) {
    await services.threads.remove(params.id)
    return new Response(null, { status: 204 })
  },
})
