import { route } from '@/lib/server/route'
import { batchParamsSchema, batchSummaryQuerySchema } from '../../schema'

export const GET = route({
  params: batchParamsSchema,
  query: batchSummaryQuerySchema,
  async handle({ params, query: { goodput = {} }, services }) {
    return Response.json(await services.batches.summarize({ ...params, goodput }))
  },
})
