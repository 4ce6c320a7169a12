import { AppError } from '@/lib/domain/error'
import { route } from '@/lib/server/route'
import { threadParamsSchema, threadQuerySchema } from './schema'

export const GET = route({
  params: threadParamsSchema,
  query: threadQuerySchema,
  async handle({ params: { id: threadId }, query: { reply: messageId }, services }) {
    const loaded =
      messageId === undefined
        ? await services.loadThread(threadId)
        : await services.loadThreadThrough({ threadId, messageId })
    if (loaded === undefined) throw new AppError('thread_not_found')
    return Response.json(loaded)
  },
})
