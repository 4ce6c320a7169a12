import { route } from '@/lib/server/route'

/** For Prometheus, under the names that the page may be opened by. */
export const GET = route({
  async handle({ services }) {
    return new Response(await services.debug.metrics.render(), {
      headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
    })
  },
})
