import { AppError } from '@/lib/domain/error'
import { route } from '@/lib/server/route'
import { batchNameSchema } from './schema'

export const GET = route({
  handle: ({ services }) => Response.json({ batches: services.batches.list() }),
})

/** The body is the input itself, however large: it is kept as it streams in. */
export const POST = route({
  query: batchNameSchema,
  async handle({ request, query, services }) {
    const mediaType = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
    if (mediaType !== 'application/octet-stream') throw new AppError('unsupported_media_type')
    if (request.body === null) throw new AppError('batch_empty')
    const batch = await services.batches.create({ ...query, chunks: request.body })
    return Response.json({ batch }, { status: 201 })
  },
})
