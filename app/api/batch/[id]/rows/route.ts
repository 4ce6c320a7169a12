import { route } from '@/lib/server/route'
import { batchParamsSchema, batchRowsQuerySchema } from '../../schema'

export const GET = route({
  params: batchParamsSchema,
  query: batchRowsQuerySchema,
  handle: async ({ params, query, services }) =>
    Response.json({ rows: await services.batches.listRows({ ...params, ...query }) }),
})
