import { route } from '@/lib/server/route'
import { ledgerQuerySchema } from './schema'

export const GET = route({
  query: ledgerQuerySchema,
  async handle({ query, services }) {
    return Response.json({ calls: await services.debug.ledger.list(query) })
  },
})
