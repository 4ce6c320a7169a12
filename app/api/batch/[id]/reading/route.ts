import { batchReadingSchema } from '@/lib/domain/batch.schema'
import { route } from '@/lib/server/route'
import { batchParamsSchema } from '../../schema'

/** How the input is to be read; answers with what a look through all of it has found. */
export const POST = route({
  params: batchParamsSchema,
  body: batchReadingSchema,
  async handle({ params, body: reading, services }) {
    const batch = await services.batches.prepare({ id: params.id, reading })
    return Response.json({ batch })
  },
})
