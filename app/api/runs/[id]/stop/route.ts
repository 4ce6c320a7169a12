import { route } from '@/lib/server/route'
import { runParamsSchema } from '../schema'
import { stopBodySchema } from './schema'

export const POST = route({
  params: runParamsSchema,
  body: stopBodySchema,
  async handle({ params, services }) {
    return Response.json({ reply: await services.runs.stop(params.id) })
  },
})
