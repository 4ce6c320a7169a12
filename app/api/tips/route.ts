import { route } from '@/lib/server/route'

export const GET = route({
  handle: async ({ services }) => Response.json(await services.tips.state()),
})
