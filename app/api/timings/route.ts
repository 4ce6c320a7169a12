import { route } from '@/lib/server/route'
import { timingsQuerySchema } from './schema'

export const GET = route({
  query: timingsQuerySchema,
  async handle({ query, services }) {
    return Response.json({ rows: await services.store.listTimingRows(query) })
  },
})
