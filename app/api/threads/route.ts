import { route } from '@/lib/server/route'
import { threadsQuerySchema } from './schema'

export const GET = route({
  query: threadsQuerySchema,
  async handle({ query: { limit, before, archived: isArchived }, services }) {
    return Response.json(await services.threads.listThreads({ limit, before, isArchived }))
  },
})
