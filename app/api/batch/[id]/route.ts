import { route } from '@/lib/server/route'
import { batchParamsSchema } from '../schema'

export const GET = route({
  params: batchParamsSchema,
  handle: ({ params, services }) => Response.json(services.batches.get(params.id)),
})

export const DELETE = route({
  params: batchParamsSchema,
  async handle({ params, services }) {
    await services.batches.remove(params.id)
    return new Response(null, { status: 204 })
  },
})
