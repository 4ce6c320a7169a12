import { route } from '@/lib/server/route'
import { comparisonQuerySchema } from '../schema'

export const GET = route({
  query: comparisonQuerySchema,
  async handle({ query, services }) {
    const comparison = await services.tips.compare(query)
    return Response.json(comparison === undefined ? {} : { comparison })
  },
})
