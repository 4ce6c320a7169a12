import { route } from '@/lib/server/route'

/** This app lives; what the engine does is no part of it. */
export const GET = route({
  anyHost: true,
  handle: () => Response.json({ status: 'ok' }),
})
