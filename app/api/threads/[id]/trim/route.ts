import { AppError } from '@/lib/domain/error'
import { route } from '@/lib/server/route'
import { threadParamsSchema } from '../schema'
import { trimSchema } from './schema'

export const POST = route({
  params: threadParamsSchema,
  body: trimSchema,
  async handle({ params, body, services }) {
    const isKnown = await services.store.saveTrim({ threadId: params.id, ...body })
    if (!isKnown) throw new AppError('message_not_found')
    return Response.json(body)
  },
})
