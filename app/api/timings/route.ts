import { readTimingPages } from '@/lib/chat/read-timing-pages'
import { writeTimingPage } from '@/lib/chat/write-timings'
import { route } from '@/lib/server/route'
import { toTextStream } from '@/lib/server/text-stream'
import { timingsQuerySchema } from './schema'

export const GET = route({
  query: timingsQuerySchema,
  async handle({ query, services }) {
    const { traces } = services.debug
    const { after, limit, ...filter } = query
    const changes =
      after === undefined ? undefined : await traces.listTimingChanges({ filter, cursor: after })
    if (changes !== undefined) return Response.json(changes)
    const cursor = await traces.timingCursor()
    const pages = readTimingPages({ source: traces, filter, limit })
    return await toTextStream({
      pieces: writeTimingPage({ pages, cursor }),
      headers: { 'content-type': 'application/json' },
    })
  },
})
