import { AppError } from '@/lib/domain/error'
import { samplingSchema } from '@/lib/domain/sampling.schema'
import { route } from '@/lib/server/route'
import { threadParamsSchema } from '../schema'

export const PUT = route({
  params: threadParamsSchema,
  body: samplingSchema,
  async handle({ params, body, services }) {
    const isKnown = await services.store.saveSampling({ threadId: params.id, sampling: body })
    if (!isKnown) throw new AppError('thread_not_found')
    return new Response(null, { status: 204 })
  },
})
