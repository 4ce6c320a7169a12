import { batchActionSchema } from '@/lib/domain/batch.schema'
import { route } from '@/lib/server/route'
import { batchParamsSchema } from '../../schema'

export const POST = route({
  params: batchParamsSchema,
  body: batchActionSchema,
  handle: async ({ params, body, services }) =>
    Response.json(await services.batches.act({ ...body, id: params.id })),
})
