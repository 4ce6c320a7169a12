import { route } from '@/lib/server/route'
import { searchQuerySchema } from './schema'

export const GET = route({
  query: searchQuerySchema,
  async handle({ query: { q: query, limit, before }, services }) {
    return Response.json(await services.threads.searchThreads({ query, limit, before }))
  },
})
