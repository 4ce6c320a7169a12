import { route } from '@/lib/server/route'
import { stopBodySchema } from '../../schema'

export const POST = route({
  body: stopBodySchema,
  async handle({ services }) {
    services.tips.stop()
    return Response.json(await services.tips.state())
  },
})
