import { route } from '@/lib/server/route'

export const GET = route({
  handle: ({ services }) => Response.json({ pulse: services.debug.samples.pulse() }),
})
