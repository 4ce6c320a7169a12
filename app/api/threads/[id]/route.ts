import { AppError } from '@/lib/domain/error'
import { route } from '@/lib/server/route'
import { threadParamsSchema } from './schema'

export const GET = route({
  params: threadParamsSchema,
  async handle({ params, services }) {
    const loaded = await services.loadThread(params.id)
    if (loaded === undefined) throw new AppError('thread_not_found')
    return Response.json(loaded)
  },
})
