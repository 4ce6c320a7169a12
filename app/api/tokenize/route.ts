import { route } from '@/lib/server/route'
import { tokenizeSchema } from './schema'

export const POST = route({
  body: tokenizeSchema,
  async handle({ body, services, signal }) {
    return Response.json(await services.debug.measureContext({ ...body, signal }))
  },
})
