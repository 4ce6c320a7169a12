import { route } from '@/lib/server/route'

/** For a load balancer: 200 as long as a question can be sent. */
export const GET = route({
  anyHost: true,
  handle({ services }) {
    const { phase, canSend } = services.monitor.current()
    return Response.json({ phase }, { status: canSend ? 200 : 503 })
  },
})
