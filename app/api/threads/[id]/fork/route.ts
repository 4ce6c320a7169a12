import { route } from '@/lib/server/route'
import { threadParamsSchema } from '../schema'
import { forkSchema } from './schema'

export const POST = route({
  params: threadParamsSchema,
  body: forkSchema,
  async handle({ params, body, services }) {
    const thread = await services.threads.fork({ threadId: params.id, ...body })
    return Response.json({ thread }, { status: 201 })
  },
})
