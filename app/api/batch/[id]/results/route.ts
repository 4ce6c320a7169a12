import { route } from '@/lib/server/route'
import { toTextStream } from '@/lib/server/text-stream'
import { batchParamsSchema, batchResultsQuerySchema } from '../../schema'

const FILES = {
  csv: { ending: 'csv', mediaType: 'text/csv; charset=utf-8' },
  jsonl: { ending: 'jsonl', mediaType: 'application/x-ndjson; charset=utf-8' },
  openai: { ending: 'openai.jsonl', mediaType: 'application/x-ndjson; charset=utf-8' },
}

export const GET = route({
  params: batchParamsSchema,
  query: batchResultsQuerySchema,
  handle({ params, query, services }) {
    const { ending, mediaType } = FILES[query.format]
    return toTextStream({
      pieces: services.batches.writeResults({ ...params, ...query }),
      headers: {
        'content-type': mediaType,
        'content-disposition': `attachment; filename="first-token-batch.${ending}"`,
      },
    })
  },
})
