import { route } from '@/lib/server/route'
import { emptyBodySchema, threadParamsSchema } from '../schema'

export const POST = route({
  params: threadParamsSchema,
  body: emptyBodySchema,
  async handle({ params, services }) {
    return Response.json({ thread: await services.threads.restore(params.id) })
  },
})
