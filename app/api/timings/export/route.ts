import { readTimingPages } from '@/lib/chat/read-timing-pages'
import { summarizePages, writeCsv, writeJsonl } from '@/lib/chat/write-timings'
import { route } from '@/lib/server/route'
import { toTextStream } from '@/lib/server/text-stream'
import { exportQuerySchema } from '../schema'

const FILES = {
  jsonl: { write: writeJsonl, mediaType: 'application/x-ndjson; charset=utf-8' },
  csv: { write: writeCsv, mediaType: 'text/csv; charset=utf-8' },
}

export const GET = route({
  query: exportQuerySchema,
  async handle({ query, services }) {
    const { traces } = services.debug
    const { format, goodput = {}, limit, ...filter } = query
    const pages = readTimingPages({ source: traces, filter, limit })
    if (format === 'summary') {
      return Response.json(await summarizePages({ pages, source: traces, goodput }))
    }
    const { write, mediaType } = FILES[format]
    return await toTextStream({
      pieces: write(pages),
      headers: {
        'content-type': mediaType,
        'content-disposition': `attachment; filename="first-token-timings.${format}"`,
      },
    })
  },
})
