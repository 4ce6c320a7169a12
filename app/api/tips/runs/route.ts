import { route } from '@/lib/server/route'
import { runBodySchema } from '../schema'

export const POST = route({
  body: runBodySchema,
  async handle({ body, services }) {
    services.tips.start(body)
    return Response.json(await services.tips.state(), { status: 202 })
  },
})
